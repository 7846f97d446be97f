#include "ledger/officer.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "base/source.h"

// What one look at two names takes for one is told by Unicode's own tables, as utf8proc has them: the forms
// of a letter (UAX 15), its cases, and what is not seen.

namespace sekisho {
namespace {

constexpr char32_t braille_blank = 0x2800;  // a letter by its kind

bool blank(utf8proc_int32_t c) {
  const auto kind = utf8proc_category(c);
  return kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP ||
         c == braille_blank;
}
bool unseen(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS: return true;
    default: return utf8proc_get_property(c)->ignorable;
  }
}

/// @param options  of utf8proc. @returns the text itself where it is not UTF-8
std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* raw = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &raw,
                                   static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> held(raw, std::free);
  if (length < 0) return std::string(text);
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length)};
}

/// Calls `visit` with each character. @pre UTF-8
template <class Visit>
void characters(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &c);
    if (length <= 0) return;
    visit(c, text.substr(0, static_cast<std::size_t>(length)));
    text.remove_prefix(static_cast<std::size_t>(length));
  }
}

/// What is left of a name without case, form, blanks and what is not seen.
std::string folded(std::string_view name) {
  if (find_invalid_utf8(name) != std::string_view::npos) return std::string(name);
  std::string out;
  characters(mapped(name, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE),
             [&](utf8proc_int32_t c, std::string_view as) {
               if (!blank(c) && !unseen(c)) out += as;
             });
  return out;
}

}  // namespace

std::optional<std::string> name_flaw(std::string_view name) {
  if (name.empty()) return "it has to be said who does it";
  if (find_invalid_utf8(name) != std::string_view::npos) return "the officer's name is not UTF-8";
  std::optional<std::string> flaw;
  bool at_start = true, ends_blank = false;
  characters(name, [&](utf8proc_int32_t c, std::string_view) {
    ends_blank = blank(c);
    if (flaw) return;
    if (unseen(c))
      flaw = "the officer's name has a character that is not seen; leave it out";
    else if (at_start && blank(c))
      flaw = "the officer's name begins or ends with a blank; leave it out";
    else if (c != ' ' && blank(c))
      flaw = "the officer's name has another blank than the common one; write that";
    at_start = false;
  });
  if (flaw) return flaw;
  if (ends_blank) return "the officer's name begins or ends with a blank; leave it out";
  if (mapped(name, UTF8PROC_COMPOSE | UTF8PROC_COMPAT) != name)
    return "the officer's name has a letter in another form than the common one, such as full-width; write "
           "the common one";
  return std::nullopt;
}

bool names_nobody(std::string_view name) {
  return folded(name).empty();
}

bool says_nothing(std::string_view reason) {
  return folded(reason).empty();
}

bool same_officer(std::string_view a, std::string_view b) {
  return a == b || folded(a) == folded(b);
}

}  // namespace sekisho
