#include "batch/cell.h"

#include <charconv>

namespace sekisho {

void add_member(std::string& list, std::string_view member) {
  list += std::to_string(member.size());
  list += ':';
  list += member;
}

std::vector<std::string_view> members_of(std::string_view list) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const std::size_t colon = list.find(':');
    std::size_t size = 0;
    std::from_chars(list.data(), list.data() + colon, size);
    out.push_back(list.substr(colon + 1, size));
    list.remove_prefix(colon + 1 + size);
  }
  return out;
}

}  // namespace sekisho
