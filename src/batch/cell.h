#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho {

/// What a row says in one column: words of text, or a list whose members stand each for itself, whatever
/// signs they are written in.
struct Cell {
  Cell() = default;
  template <std::convertible_to<std::string_view> Words>
  Cell(const Words& words) : text(words) {}
  static Cell list(std::string_view members) {
    Cell out(members);
    out.is_list = true;
    return out;
  }
  std::string_view text;  // of a list: as `add_member` wrote it
  bool is_list = false;
};

/// A cell that keeps its own text.
struct KeptCell {
  std::string text;
  bool is_list = false;
  Cell cell() const { return is_list ? Cell::list(text) : Cell(text); }
};

/// Adds a member to a list: its length stands before it, so that no sign in it is taken for its end.
void add_member(std::string& list, std::string_view member);
std::vector<std::string_view> members_of(std::string_view list);

/// A cell that says nothing. An empty list does: that there is none.
inline bool is_blank(Cell cell) {
  return !cell.is_list && (cell.text.empty() || cell.text == "unknown");
}

}  // namespace sekisho
