#include "law/formatter.h"

#include <algorithm>

namespace sekisho {
namespace {

constexpr std::size_t line_width = 100;

class Formatter {
 public:
  Formatter(const Sources& sources, SourceId source, const std::vector<Token>& tokens, const tree::File& file)
      : sources_(sources), text_(sources.text(source)), tokens_(tokens), file_(file) {}

  std::string run() {
    out_.reserve(text_.size() + text_.size() / 8);
    std::size_t d = 0, c = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const bool declaration = d < file_.declaration_starts.size() && file_.declaration_starts[d] == i;
      const bool clause = c < file_.clause_starts.size() && file_.clause_starts[c] == i;
      d += declaration;
      c += clause;
      if (tokens_[i].comment_before) comments(i, declaration, clause);
      if (tokens_[i].kind == TokenKind::end) break;
      if (declaration)
        begin_declaration(tokens_[i].comment_before);
      else if (clause)
        begin_line(2);
      token(i);
    }
    end_line();
    return std::move(out_);
  }

 private:
  void end_line() {
    if (column_ > 0) out_ += '\n';
    column_ = 0;
  }
  void begin_line(std::size_t indent) {
    end_line();
    out_.append(indent, ' ');
    column_ = indent;
    indent_ = indent;
    fresh_ = true;
  }
  void begin_declaration(bool after_comment) {
    end_line();
    if (!out_.empty() && !after_comment) out_ += '\n';
    begin_line(0);
  }

  /// Comments between token i-1 and i: one that shares the line of token i-1 stays behind it, the
  /// others stand on lines of their own.
  void comments(std::size_t i, bool before_declaration, bool before_clause) {
    std::size_t at = i == 0 ? 0 : tokens_[i - 1].at.end;
    const std::size_t end = tokens_[i].at.begin;
    bool first = true;
    while ((at = text_.find('#', at)) < end) {
      std::size_t stop = std::min(text_.find('\n', at), end);
      std::string_view comment = text_.substr(at, stop - at);
      while (comment.ends_with(' ') || comment.ends_with('\r') || comment.ends_with('\t'))
        comment.remove_suffix(1);
      const std::size_t previous = i == 0 ? 0 : tokens_[i - 1].at.end;
      const bool trailing =
          first && i > 0 && text_.substr(previous, at - previous).find('\n') == std::string_view::npos;
      if (trailing) {
        out_ += "  ";
      } else {
        end_line();
        const bool at_head = before_declaration || tokens_[i].kind == TokenKind::end;
        if (at_head && first_of_block_ && !out_.empty()) out_ += '\n';
        first_of_block_ = false;
        if (!at_head) out_ += "  ";
      }
      out_ += comment;
      out_ += '\n';
      column_ = 0;
      fresh_ = true;
      first = false;
      at = stop;
    }
    first_of_block_ = true;
    if (!before_declaration && !before_clause && tokens_[i].kind != TokenKind::end) begin_line(4);
  }

  void token(std::size_t i) {
    const std::string_view word = sources_.text(tokens_[i].at);
    const TokenKind kind = tokens_[i].kind;
    const bool glued = fresh_ || kind == TokenKind::close || kind == TokenKind::comma ||
                       kind == TokenKind::colon || (i > 0 && tokens_[i - 1].kind == TokenKind::open) ||
                       opens_arguments(i);
    if (!fresh_ && column_ + word.size() + 1 > line_width && may_break(i, word)) {
      const std::size_t keep = indent_;
      begin_line(keep + 2);
      indent_ = keep;
    } else if (!glued) {
      out_ += ' ';
      ++column_;
    }
    out_ += word;
    column_ += word.size();
    fresh_ = false;
  }
  /// `prior_consent(holder: …)` is written close; `and (…)` is not.
  bool opens_arguments(std::size_t i) const {
    if (tokens_[i].kind != TokenKind::open || i < 2) return false;
    const std::string_view before = sources_.text(tokens_[i - 2].at);
    return before == "binds" || before == "proviso";
  }
  bool may_break(std::size_t i, std::string_view word) const {
    return tokens_[i].kind == TokenKind::text || word == "and" || word == "or" ||
           (i > 0 && tokens_[i - 1].kind == TokenKind::comma);
  }

  const Sources& sources_;
  std::string_view text_;
  const std::vector<Token>& tokens_;
  const tree::File& file_;
  std::string out_;
  std::size_t column_ = 0, indent_ = 0;
  bool fresh_ = true, first_of_block_ = true;
};

}  // namespace

std::string format(const Sources& sources, SourceId source, const std::vector<Token>& tokens,
                   const tree::File& file) {
  return Formatter(sources, source, tokens, file).run();
}

}  // namespace sekisho
