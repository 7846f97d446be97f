#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace sekisho {

/// BLAKE2b of a text, 256 bits in hexadecimal: two texts with the same digest are the same text.
/// @source RFC 7693
std::string digest(std::string_view text);

/// The same of a text that comes in parts.
class Digester {
 public:
  Digester();
  ~Digester();
  void add(std::string_view part);
  /// Of all parts so far.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho
