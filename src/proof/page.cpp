#include "proof/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sekisho::proof {
namespace {

const Json absent = Json::value_t::discarded;
constexpr std::size_t longest_shown = 200;
constexpr int deepest = 64;  // an answer is nested less than twenty deep

}  // namespace

Page Page::nothing() const {
  return {absent, place_, *wrong_};
}

std::optional<Page> Page::find(std::string_view key) const {
  if (!json_->is_object()) return std::nullopt;
  const auto it = json_->find(std::string(key));
  if (it == json_->end()) return std::nullopt;
  return Page(*it, place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key), *wrong_);
}

Page Page::operator[](std::string_view key) const {
  if (auto found = find(key)) return *found;
  if (!json_->is_discarded()) wrong(fmt::format("there is no `{}`", key));
  return nothing();
}

std::vector<Page> Page::list() const {
  std::vector<Page> out;
  if (json_->is_array())
    for (std::size_t i = 0; i < json_->size(); ++i)
      out.emplace_back((*json_)[i], fmt::format("{}[{}]", place_, i), *wrong_);
  else if (!json_->is_discarded())
    wrong("this is no list");
  return out;
}

std::vector<std::pair<std::string, Page>> Page::entries() const {
  std::vector<std::pair<std::string, Page>> out;
  if (json_->is_object())
    for (const auto& [key, value] : json_->items()) out.emplace_back(key, *find(key));
  else if (!json_->is_discarded())
    wrong("this has no keys");
  return out;
}

std::string Page::text() const {
  if (json_->is_string()) return json_->get<std::string>();
  if (!json_->is_discarded()) wrong("this is no text");
  return {};
}

bool Page::yes() const {
  if (json_->is_boolean()) return json_->get<bool>();
  if (!json_->is_discarded()) wrong("this is neither true nor false");
  return false;
}

std::vector<std::string> Page::texts() const {
  std::vector<std::string> out;
  for (const Page& p : list()) out.push_back(p.text());
  return out;
}

void Page::expect(const Json& replayed) const {
  if (*json_ == replayed || json_->is_discarded()) return;
  const auto spoken = [](const Json& j) {
    const std::string all = j.is_string() ? j.get<std::string>() : to_line(j);
    return all.size() <= longest_shown ? all : all.substr(0, longest_shown) + " …";
  };
  wrong(fmt::format("the answer says `{}`, the replay finds `{}`", spoken(*json_), spoken(replayed)));
}

void Page::only(std::span<const std::string_view> keys) const {
  if (!json_->is_object()) return;
  for (const auto& [key, value] : entries())
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) value.wrong("no answer has this key here");
}

std::optional<Json> read_json(std::string_view text, std::string& why) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  std::string twice;
  bool deep = false;
  const auto note = [&](int depth, Json::parse_event_t event, Json& parsed) {
    deep = deep || depth > deepest;
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      twice = parsed.get<std::string>();
    return true;
  };
  try {
    Json json = Json::parse(text, note);
    if (twice.empty() && !deep) return json;
    why = deep ? fmt::format("it is nested more than {} deep", deepest)
               : fmt::format("the key `{}` stands twice in one place", twice);
  } catch (const Json::parse_error& e) {
    why = fmt::format("this is not JSON: after {} bytes it cannot be read on", e.byte == 0 ? 0 : e.byte - 1);
  } catch (const Json::out_of_range&) {
    why = "a number in it is larger than any of an answer";
  }
  return std::nullopt;
}

}  // namespace sekisho::proof
