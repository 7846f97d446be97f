#pragma once
#include "model/event.h"
#include "model/event_values.h"

namespace sekisho {

/// What events say of authorisations, key by key.
class AccountEventReader {
 public:
  using Value = EventValues::Value;

  explicit AccountEventReader(EventValues& values) : v_(values) {}

  void begin();
  void key(Authorise& a, std::string_view key, TextSpan at, Value value);
  void key(Reserve& r, std::string_view key, TextSpan at, Value value);
  void key(Take& t, std::string_view key, TextSpan at, Value value);
  /// What can be told once every key of the event is read.
  void end(Authorise& a, const Event& e);

 private:
  Limit limit(Value value);
  Condition condition(Value value);
  OwedReport report(Value value);
  ReservedLine line(Value value, std::size_t number);
  NeededAct need(Value value);
  UseFact fact(std::string_view name, Value value);
  Part part(Value value);
  /// The value of an enum by its word, or a report that names all of them.
  template <class E>
  E word(Value value, TextSpan at, std::optional<E> (*parse)(std::string_view), std::string_view words);
  void keep(std::string_view key, TextSpan at, Doc value);

  EventValues& v_;
  Doc instrument_;  // the keys that an instrument of a world file has, too
};

}  // namespace sekisho
