#include "base/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <set>
#include <sstream>

namespace sekisho {
namespace {

struct Refused {};

/// Builds the tree from yaml-cpp's events with a stack of open containers.
class Builder : public YAML::EventHandler {
 public:
  /// @param mark  bytes of a mark of byte order before the text, which yaml-cpp does not count
  Builder(SourceId source, std::uint32_t mark, Diagnostics& diags)
      : source_(source), mark_(mark), diags_(diags) {}
  Doc take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Doc d;
    d.at = span(mark, 0);
    refuse_anchor(mark, anchor);
    place(std::move(d));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    Doc d;
    d.form = Doc::Form::scalar;
    d.text = value;
    d.at = span(mark, value.size());
    place(std::move(d));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, Doc::Form::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, Doc::Form::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Doc doc;
    std::optional<Doc> key;
    std::set<std::string> seen;
  };

  TextSpan span(const YAML::Mark& mark, std::size_t length) const {
    const auto at = static_cast<std::uint32_t>(std::max(mark.pos, 0)) + mark_;
    return {source_, at, static_cast<std::uint32_t>(at + length)};
  }
  [[noreturn]] void refuse(const YAML::Mark& mark) {
    diags_.emit(code::alias_refused, span(mark, 1)).fix("write the value out where it is meant");
    throw Refused{};
  }
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark);
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Doc::Form form) {
    refuse_anchor(mark, anchor);
    if (stack_.size() >= document_depth_limit) {
      diags_.emit(code::document_too_deep, span(mark, 1), document_depth_limit);
      throw Refused{};
    }
    stack_.emplace_back();
    stack_.back().doc.form = form;
    stack_.back().doc.at = span(mark, 1);
  }
  void close() {
    Doc d = std::move(stack_.back().doc);
    stack_.pop_back();
    place(std::move(d));
  }
  void place(Doc d) {
    if (stack_.empty()) {
      root_ = std::move(d);
      return;
    }
    Open& top = stack_.back();
    if (top.doc.form == Doc::Form::list) {
      top.doc.items.push_back(std::move(d));
    } else if (!top.key) {
      if (!d.is_scalar()) {
        diags_.emit(code::wrong_form, d.at, "a key");
        throw Refused{};
      }
      if (!top.seen.insert(d.text).second) diags_.emit(code::key_twice, d.at, d.text);
      top.key = std::move(d);
    } else {
      top.doc.entries.push_back({std::move(*top.key), std::move(d)});
      top.key.reset();
    }
  }

  SourceId source_;
  std::uint32_t mark_;
  Diagnostics& diags_;
  Doc root_;
  std::vector<Open> stack_;
};

}  // namespace

const Doc* Doc::find(std::string_view key) const {
  for (const auto& [k, v] : entries)
    if (k.text == key) return &v;
  return nullptr;
}

std::optional<Doc> read_document(const Sources& sources, SourceId source, Diagnostics& diags) {
  const std::string_view text = sources.text(source);
  const std::size_t bad = find_invalid_utf8(text);
  if (bad != std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(bad);
    diags.emit(code::invalid_utf8, TextSpan{source, at, at + 1}).fix("save the file as UTF-8");
    return std::nullopt;
  }
  std::istringstream in{std::string(text)};
  const std::uint32_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  Builder builder(source, mark, diags);
  const std::size_t before = diags.all().size();
  try {
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) {
      diags.emit(code::bad_document, TextSpan{source, 0, 0}, "the file is empty");
      return std::nullopt;
    }
    if (Builder more(source, mark, diags); parser.HandleNextDocument(more))
      diags.emit(code::wrong_form, more.take().at, "one document")
          .fix("leave out what stands behind the second `---`");
  } catch (const Refused&) {
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    const auto at = static_cast<std::uint32_t>(
        std::min<std::size_t>(text.size(), static_cast<std::size_t>(std::max(e.mark.pos, 0)) + mark));
    diags.emit(code::bad_document, TextSpan{source, at, at}, e.msg);
    return std::nullopt;
  }
  if (diags.all().size() > before) return std::nullopt;
  return builder.take();
}

}  // namespace sekisho
