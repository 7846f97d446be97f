#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

// An answer file, read with places. It may come from anyone, so that nothing about its form is taken for
// granted: what is missing or of another form is noted once, with its place, and reads as nothing from there
// on.

namespace sekisho::proof {

/// What is wrong at a place of the answer, in words.
struct Remark {
  std::string place, text;
};

class Page {
 public:
  Page(const Json& json, std::string place, std::vector<Remark>& wrong)
      : json_(&json), place_(std::move(place)), wrong_(&wrong) {}

  Page operator[](std::string_view key) const;
  /// As above, but nothing is noted where the key is missing.
  std::optional<Page> find(std::string_view key) const;
  std::vector<Page> list() const;
  std::vector<std::pair<std::string, Page>> entries() const;
  std::string text() const;
  bool yes() const;
  /// Texts of a list.
  std::vector<std::string> texts() const;

  const Json& json() const { return *json_; }
  const std::string& place() const { return place_; }
  void wrong(std::string text) const { wrong_->push_back({place_, std::move(text)}); }
  /// Notes it where the answer says otherwise.
  void expect(const Json& replayed) const;
  /// Notes every other key: what no reader of the law replays could say anything.
  void only(std::span<const std::string_view> keys) const;
  std::size_t remarks() const { return wrong_->size(); }  // so far, of the whole file

 private:
  Page nothing() const;
  const Json* json_;  // none: something was wrong above
  std::string place_;
  std::vector<Remark>* wrong_;
};

/// Reads a text as JSON in which no key stands twice: of two, readers would see one each.
/// @returns nullopt if it is not; `why` says where
std::optional<Json> read_json(std::string_view text, std::string& why);

}  // namespace sekisho::proof
