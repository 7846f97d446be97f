#include "batch_progress.h"

#include <algorithm>

#include "json.h"

namespace sekisho::cli {
namespace {

constexpr const char* schema = "sekisho-batch-state/3";

template <class Number>
bool take(const Json& j, const char* key, Number& out) {
  const auto it = j.find(key);
  if (it == j.end() || !it->is_number_unsigned()) return false;
  out = it->get<Number>();
  return true;
}

}  // namespace

std::string BatchProgress::text() const {
  Json grounds = Json::object();
  for (const Batch::Ground& g : rests_on) grounds[g.what] = g.digest;
  return to_lines(Json{{"schema", schema},
                       {"rests_on", grounds},
                       {"read", read},
                       {"size", size},
                       {"offset", offset},
                       {"rows", rows},
                       {"refused", refused},
                       {"lines", lines},
                       {"out_bytes", out_bytes},
                       {"written", written},
                       {"refused_bytes", refused_bytes},
                       {"written_refused", written_refused}}) +
         "\n";
}

std::optional<BatchProgress> BatchProgress::read_text(const std::string& text) {
  const auto j = try_json(text);
  if (!j || !j->is_object() || text_at(*j, "schema") != schema) return std::nullopt;
  BatchProgress p;
  p.read = text_at(*j, "read");
  p.written = text_at(*j, "written");
  p.written_refused = text_at(*j, "written_refused");
  const auto grounds = j->find("rests_on");
  if (grounds == j->end() || !grounds->is_object()) return std::nullopt;
  for (const auto& [what, digest] : grounds->items()) {
    if (!digest.is_string()) return std::nullopt;
    p.rests_on.push_back({what, digest.get<std::string>()});
  }
  const bool whole = take(*j, "size", p.size) && take(*j, "offset", p.offset) && take(*j, "rows", p.rows) &&
                     take(*j, "refused", p.refused) && take(*j, "lines", p.lines) &&
                     take(*j, "out_bytes", p.out_bytes) && take(*j, "refused_bytes", p.refused_bytes);
  return whole ? std::optional(std::move(p)) : std::nullopt;
}

std::string BatchProgress::changed(const BatchProgress& now) const {
  for (const Batch::Ground& g : now.rests_on) {
    const auto same = [&](const Batch::Ground& before) {
      return before.what == g.what && before.digest == g.digest;
    };
    if (std::none_of(rests_on.begin(), rests_on.end(), same)) return g.what;
  }
  return read == now.read && size == now.size ? "" : "the table";
}

}  // namespace sekisho::cli
