#include "register/export_line.h"

#include <array>
#include <charconv>
#include <chrono>

#include "base/ascii.h"
#include "base/json.h"

namespace sekisho {
namespace {

constexpr std::string_view format_name = "sekisho-register/1";

/// The members of an object, each asked for once; the first that is wrong is kept.
class Members {
 public:
  Members(std::string_view line, std::size_t number) : number_(number) {
    auto parsed = parse_json(line);
    if (!parsed || !parsed->is_object()) {
      wrong("it is no JSON object");
      return;
    }
    object_ = std::move(*parsed);
  }
  std::string text(const char* key) {
    const auto it = object_.find(key);
    if (it == object_.end() || !it->is_string())
      return wrong(fmt::format("`{}` is missing or no text", key)), "";
    ++read_;
    return it->get<std::string>();
  }
  Hash hash(const char* key) {
    const std::string hex = text(key);
    const auto h = parse_hex(hex);
    if (!h) wrong(fmt::format("`{}` is no SHA-256 in hexadecimal", key));
    return h.value_or(Hash{});
  }
  std::uint64_t number(const char* key) {
    const auto it = object_.find(key);
    if (it == object_.end() || !it->is_number_unsigned())
      return wrong(fmt::format("`{}` is missing or no number", key)), 0;
    ++read_;
    return it->get<std::uint64_t>();
  }
  bool has(const char* key) const { return object_.contains(key); }
  void wrong(const std::string& why) {
    if (!problem_) problem_ = problem(code::bad_export, number_, why);
  }
  /// @pre everything was asked for
  Failure finished() {
    if (read_ != object_.size()) wrong("it has a member that no entry has");
    return problem_;
  }

 private:
  std::size_t number_, read_ = 0;
  Json object_ = Json::object();
  Failure problem_;
};

}  // namespace

std::string export_heading(std::string_view origin) {
  return to_line({{"register", format_name}, {"origin", origin}});
}

Result<std::string> read_export_heading(std::string_view line) {
  Members m(line, 1);
  const std::string format = m.text("register"), origin = m.text("origin");
  if (format != format_name) m.wrong(fmt::format("an export begins with `\"register\":\"{}\"`", format_name));
  if (auto f = m.finished()) return *f;
  return origin;
}

std::string export_line(const Entry& e) {
  Json j{{"sequence", e.sequence},
         {"recorded", to_time(e.head.recorded)},
         {"by", e.head.by},
         {"kind", e.head.kind}};
  if (e.head.about) j["about"] = *e.head.about;
  j["commitment"] = to_hex(e.commitment);
  j["leaf"] = to_hex(e.leaf);
  if (e.body) {
    j["salt"] = to_hex(e.body->salt);
    j["body"] = e.body->text;
  }
  return to_line(j);
}

Result<Entry> read_export_line(std::string_view line, std::size_t number) {
  Members m(line, number);
  Entry e;
  e.sequence = m.number("sequence");
  const auto recorded = parse_time(m.text("recorded"));
  if (!recorded) m.wrong("`recorded` is no time such as 2026-01-31T23:59:59.000001Z");
  e.head.recorded = recorded.value_or(0);
  e.head.by = m.text("by");
  e.head.kind = m.text("kind");
  if (e.head.by.size() > longest_word || e.head.kind.size() > longest_word)
    m.wrong("`by` or `kind` is longer than 255 bytes");
  if (m.has("about")) e.head.about = m.number("about");
  e.commitment = m.hash("commitment");
  e.leaf = m.hash("leaf");
  if (m.has("salt") || m.has("body")) {
    e.body = Body{m.hash("salt"), m.text("body")};
    if (e.body->text.find('\0') != std::string::npos) m.wrong("`body` holds a zero byte");
  }
  if (auto f = m.finished()) return *f;
  if (e.body && e.body->commitment() != e.commitment)
    return problem(code::register_altered,
                   fmt::format("entry {}: its body is not what it was recorded with", e.sequence));
  return e;
}

std::string to_time(std::int64_t microseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> at{std::chrono::microseconds(microseconds)};
  const auto day = floor<days>(at);
  const year_month_day d(day);
  const hh_mm_ss t(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(d.year()),
                     static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()), t.hours().count(),
                     t.minutes().count(), t.seconds().count(), t.subseconds().count());
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view time_form = "0000-00-00T00:00:00.000000Z";
  if (text.size() != time_form.size()) return std::nullopt;
  std::array<std::int64_t, 7> n{};
  std::size_t field = 0;
  for (std::size_t i = 0; i < time_form.size(); ++i) {
    if (time_form[i] == '0' ? !is_digit(text[i]) : text[i] != time_form[i]) return std::nullopt;
    if (time_form[i] == '0')
      n[field] = n[field] * 10 + (text[i] - '0');
    else
      ++field;
  }
  const year_month_day d{year(static_cast<int>(n[0])), month(static_cast<unsigned>(n[1])),
                         day(static_cast<unsigned>(n[2]))};
  if (!d.ok() || n[3] > 23 || n[4] > 59 || n[5] > 59) return std::nullopt;
  return duration_cast<microseconds>(sys_days(d).time_since_epoch()).count() +
         ((n[3] * 60 + n[4]) * 60 + n[5]) * 1'000'000 + n[6];
}

}  // namespace sekisho
