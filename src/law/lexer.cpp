#include "law/lexer.h"

#include "base/ascii.h"
#include "base/date.h"

namespace sekisho {
namespace {

bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}
bool is_word(char c) {
  return is_lower(c) || is_capital(c) || is_digit(c);
}

class Lexer {
 public:
  Lexer(const Sources& sources, SourceId source, Diagnostics& diags)
      : text_(sources.text(source)), source_(source), diags_(diags) {}

  std::vector<Token> run() {
    tokens_.reserve(text_.size() / 5 + 1);
    const std::size_t bad = find_invalid_utf8(text_);
    if (bad != std::string_view::npos) {
      diags_.emit(code::invalid_utf8, span(bad, bad + 1)).fix("save the file as UTF-8");
      text_ = text_.substr(0, bad);
    }
    while (pos_ < text_.size()) next();
    push(TokenKind::end, pos_, pos_);
    return std::move(tokens_);
  }

 private:
  TextSpan span(std::size_t from, std::size_t to) const {
    return {source_, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
  }

  void push(TokenKind kind, std::size_t from, std::size_t to) {
    tokens_.push_back({kind, comment_, span(from, to)});
    comment_ = false;
    pos_ = to;
  }

  template <class Pred>
  std::size_t scan(std::size_t from, Pred pred) const {
    while (from < text_.size() && pred(text_[from])) ++from;
    return from;
  }

  void next() {
    const char c = text_[pos_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++pos_;
    } else if (c == '#') {
      comment_ = true;
      pos_ = scan(pos_, [](char x) { return x != '\n'; });
    } else if (c == '"') {
      quoted();
    } else if (is_lower(c)) {
      push(TokenKind::name, pos_, scan(pos_, [](char x) { return is_word(x) || x == '.'; }));
    } else if (is_capital(c)) {
      push(TokenKind::capital, pos_, scan(pos_, is_word));
    } else if (is_digit(c) || (c == '-' && pos_ + 1 < text_.size() && is_digit(text_[pos_ + 1]))) {
      numeral();
    } else {
      punctuation(c);
    }
  }

  void quoted() {
    std::size_t end = pos_ + 1;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n')
      end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' ? 2 : 1;
    if (end < text_.size() && text_[end] == '"') return push(TokenKind::text, pos_, end + 1);
    const TextSpan at = span(pos_, end);
    diags_.emit(code::unclosed_text, at).fix("close it with `\"`", {{span(end, end), "\""}});
    push(TokenKind::text, pos_, end);
  }

  void numeral() {
    const std::size_t end =
        scan(pos_ + 1, [](char x) { return is_word(x) || x == '.' || x == '-' || x == '%'; });
    const std::string_view word = text_.substr(pos_, end - pos_);
    if (!looks_like_date(word)) return push(TokenKind::number, pos_, end);
    if (!parse_date(word))
      diags_.emit(code::impossible_date, span(pos_, end), word)
          .fix("write a day that the calendar has, such as 2023-12-22");
    push(TokenKind::date, pos_, end);
  }

  void punctuation(char c) {
    switch (c) {
      case '(': return push(TokenKind::open, pos_, pos_ + 1);
      case ')': return push(TokenKind::close, pos_, pos_ + 1);
      case ',': return push(TokenKind::comma, pos_, pos_ + 1);
      case ':': return push(TokenKind::colon, pos_, pos_ + 1);
      default: break;
    }
    // One report for a whole run of strange characters.
    const std::size_t end = scan(pos_, [](char x) {
      return !is_word(x) && x != ' ' && x != '\n' && x != '\t' && x != '\r' && x != '#' && x != '"' &&
             x != '(' && x != ')' && x != ',' && x != ':';
    });
    const TextSpan at = span(pos_, end);
    const std::string_view shown = text_.substr(pos_, std::min<std::size_t>(end - pos_, 24));
    diags_.emit(code::stray_character, at, shown);
    pos_ = end;
  }

  std::string_view text_;
  SourceId source_;
  Diagnostics& diags_;
  std::vector<Token> tokens_;
  std::size_t pos_ = 0;
  bool comment_ = false;
};

}  // namespace

std::vector<Token> lex(const Sources& sources, SourceId source, Diagnostics& diags) {
  return Lexer(sources, source, diags).run();
}

}  // namespace sekisho
