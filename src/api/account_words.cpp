#include "api/account_words.h"

#include <fmt/format.h>

namespace sekisho {
namespace {

void add(std::string& out, const std::string& more, std::string_view between = ", ") {
  out += fmt::format("{}{}", out.empty() ? "" : between, more);
}

std::string parts_text(const Take& t) {
  std::string out;
  for (const Part& p : t.parts) {
    const std::string amounts = amounts_text(p.quantity, p.value);
    add(out, fmt::format("{}{}", amounts.empty() ? "what is left" : amounts,
                         p.line.empty() ? "" : " of line " + p.line));
  }
  return fmt::format("{} of {}", out.empty() ? "what is left" : out, t.of);
}

}  // namespace

std::string amounts_text(const std::optional<Amount>& quantity, const std::optional<Amount>& value) {
  std::string out;
  if (quantity) add(out, to_string(*quantity));
  if (value) add(out, to_string(*value));
  return out;
}

std::string booking_text(const Event& e) {
  if (const auto* a = std::get_if<Authorise>(&e.body)) return std::string(to_string(a->text.state));
  if (const auto* t = std::get_if<Take>(&e.body)) return parts_text(*t);
  if (const auto* x = std::get_if<Expire>(&e.body)) return x->of;
  if (const auto* s = std::get_if<Stop>(&e.body)) return fmt::format("{} `{}`", to_string(s->kind), s->name);
  if (const auto* l = std::get_if<Lift>(&e.body)) return l->of;
  std::string out;
  if (const auto* r = std::get_if<Reserve>(&e.body))
    for (const ReservedLine& l : r->lines)
      add(out,
          fmt::format("{}{}{}", amounts_text(l.quantity, l.value), l.item.empty() ? "" : " of " + l.item,
                      l.consignee.empty() ? "" : " for " + l.consignee),
          "; ");
  return out;
}

}  // namespace sekisho
