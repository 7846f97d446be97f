#include "exchange/epcis_document.h"

#include <algorithm>
#include <array>

#include "base/json_text.h"
#include "exchange/epcis_check.h"

namespace sekisho {
namespace {

/// Those that the context of EPCIS itself declares.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known_prefixes{{
    {"epcis", "https://ref.gs1.org/epcis/"},
    {"cbv", "https://ref.gs1.org/cbv/"},
    {"gs1", "https://gs1.org/voc/"},
    {"cbvmda", "urn:epcglobal:cbv:mda:"},
    {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"owl", "http://www.w3.org/2002/07/owl#"},
    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
    {"dcterms", "http://purl.org/dc/terms/"},
}};

/// The keys of the first object of a text, as far as it can be made out.
class TopKeys {
 public:
  explicit TopKeys(std::string_view text) : text_(text) {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if (c == '}' || c == ']') {
        if (--depth_ <= 0) return;
      }
    }
  }
  bool has(std::string_view key) const { return std::find(keys_.begin(), keys_.end(), key) != keys_.end(); }

 private:
  void string() {
    const std::size_t begin = at_ + 1;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (depth_ != 1 || at_ >= text_.size()) return;
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_ + 1);
    if (next != std::string_view::npos && text_[next] == ':')
      keys_.push_back(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<std::string_view> keys_;
};

}  // namespace

void Prefixes::declare(std::string prefix, std::string stands_for) {
  if (declared_.use_count() > 1) declared_ = std::make_shared<Declared>(*declared_);
  declared_->emplace_back(std::move(prefix), std::move(stands_for));
}

const std::string* Prefixes::find(std::string_view prefix) const {
  const auto it =
      std::find_if(declared_->rbegin(), declared_->rend(), [&](const auto& d) { return d.first == prefix; });
  return it == declared_->rend() ? nullptr : &it->second;
}

std::string Prefixes::full(std::string_view name) const {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return std::string(name);
  const std::string* base = find(name.substr(0, colon));
  return base ? *base + std::string(name.substr(colon + 1)) : std::string(name);
}

std::string Prefixes::braced(std::string_view name) const {
  const std::size_t colon = name.find(':');
  const std::string* base = colon == std::string_view::npos ? nullptr : find(name.substr(0, colon));
  if (base) return "{" + *base + "}" + std::string(name.substr(colon + 1));
  const std::size_t end = name.find_last_of("/#:");  // a name in full: what stands before its last part
  if (colon == std::string_view::npos || end == std::string_view::npos) return std::string(name);
  return "{" + std::string(name.substr(0, end + 1)) + "}" + std::string(name.substr(end + 1));
}

JsonScalar scalar_kind(const Sources& sources, const Doc& d) {
  const std::string_view token = sources.text(d.at);
  if (token.starts_with('"')) return JsonScalar::text;
  return token.starts_with('t') || token.starts_with('f') ? JsonScalar::boolean : JsonScalar::number;
}

bool looks_like_epcis(std::string_view text) {
  const TopKeys keys(text);
  if (keys.has("event")) return false;
  for (const std::string_view key : {"epcisBody", "@context", "eventTime", "eventList", "schemaVersion"})
    if (keys.has(key)) return true;
  return false;
}

EpcisDocument read_epcis(const Sources& sources, SourceId source, Diagnostics& diags) {
  const std::string_view text = sources.text(source);
  const TextSpan whole{source, 0, static_cast<std::uint32_t>(text.size())};
  Doc said;
  said.at = whole;
  JsonText json(diags);
  const std::size_t before = diags.all().size();
  const bool read = json.read(text, 0, whole, [&](JsonText::Object object) {
    said.form = Doc::Form::map;
    json.keys(object, [&](std::string_view key, TextSpan at, JsonText::Value value) {
      Doc name;
      name.form = Doc::Form::scalar;
      name.text = key;
      name.at = at;
      said.entries.push_back({std::move(name), json.document(value)});
    });
  });
  if (!read || diags.all().size() > before) return {};
  Prefixes prefixes;
  for (const auto& [prefix, stands_for] : known_prefixes)
    prefixes.declare(std::string(prefix), std::string(stands_for));
  return EpcisCheck(sources, diags).document(std::move(said), prefixes);
}

}  // namespace sekisho
