#pragma once
#include <simdjson.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/diagnostics.h"
#include "base/document.h"
#include "base/function_ref.h"

// JSON read with simdjson, one text at a time, each key and value with its place. What is wrong is a
// diagnostic; a text that is no JSON ends the reading of that text and of no other.

namespace sekisho {

/// Keys that stand in one object. The first ones take no memory.
class SeenKeys {
 public:
  bool contains(std::string_view key) const;
  /// @returns false if it is among them already
  bool insert(std::string_view key);

 private:
  std::array<std::string_view, 24> few_;  // looked through one by one
  std::size_t count_ = 0;
  std::unordered_set<std::string_view> more_;
};

/// Walks one JSON text. The texts it gives live until the next `read`.
class JsonText {
 public:
  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;
  using OnKey = FunctionRef<void(std::string_view key, TextSpan at, Value value)>;

  explicit JsonText(Diagnostics& diags) : diags_(diags) {}

  /// Visits the one object that `text` is.
  /// @param text   a part of a longer text, or all of it
  /// @param after  bytes that may be read behind it
  /// @param where  its place; a source of `none` for a text that lies in no file
  /// @returns false after a report that this is no JSON
  bool read(std::string_view text, std::size_t after, TextSpan where, FunctionRef<void(Object)> visit);

  /// The text under a key, wherever it stands; empty if there is none. Visit the object's keys afterwards.
  std::string peek(Object& object, std::string_view key);
  /// Visits each key, in order; a key that stands twice is reported.
  void keys(Object object, OnKey on_key);

  /// A report and nothing where `v` is no object, or no list.
  std::optional<Object> object(Value v, std::string_view what);
  void object(Value v, std::string_view what, OnKey on_key);
  void list(Value v, std::string_view what, FunctionRef<void(Value)> visit);
  /// Text, a number as it is written, or `yes` and `no` for what is true and false; a report and nothing for
  /// a list or an object.
  std::string scalar(Value v);
  /// The value as plain data, as `read_document` gives it.
  Doc document(Value v);
  TextSpan place(Value v);

  Diagnostics& diags() { return diags_; }

 private:
  Doc document(Value v, std::size_t depth);
  TextSpan span(const char* at, std::size_t length) const;

  Diagnostics& diags_;
  simdjson::ondemand::parser parser_;
  std::string padded_;
  const char* begin_ = nullptr;
  TextSpan where_;
};

}  // namespace sekisho
