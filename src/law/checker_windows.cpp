#include <algorithm>

#include "law/checker_passes.h"

namespace sekisho::checking {

std::vector<Window> Checker::windows(const std::optional<tree::InForce>& f, const std::string& of,
                                     bool note) {
  if (!f) return {Window{}};
  for (std::size_t i = 0; i < f->windows.size(); ++i) {
    const Window& w = f->windows[i];
    const auto& [from, to] = f->bounds[i];
    if (w.to.latest < w.from.earliest)
      diags_.emit(code::window_reversed, to, of).note(from, "begins here").fix("swap the two days");
    if (!note && (!w.from.settled() || !w.to.settled()))
      diags_.emit(code::unsettled_without_note, f->spans[i], of)
          .fix("add `unsettled` with a note that says why");
    for (std::size_t j = 0; j < i; ++j)
      if (w.from.earliest <= f->windows[j].to.latest && f->windows[j].from.earliest <= w.to.latest)
        diags_.emit(code::windows_overlap, f->spans[i], of).note(f->spans[j], "overlaps this one");
  }
  return f->windows;
}

bool Checker::all_settled(const std::vector<Window>& ws) {
  return std::all_of(ws.begin(), ws.end(),
                     [](const Window& w) { return w.from.settled() && w.to.settled(); });
}

bool Checker::overlap(const std::vector<Window>& a, const std::vector<Window>& b) {
  for (const Window& x : a)
    for (const Window& y : b)
      if (x.from.earliest <= y.to.latest && y.from.earliest <= x.to.latest) return true;
  return false;
}

HiddenId Checker::hidden(std::string what, std::string note, std::string source, TextSpan at) {
  law_.hidden.push_back({std::move(what), std::move(note), std::move(source), at});
  return HiddenId{static_cast<std::uint32_t>(law_.hidden.size() - 1)};
}

}  // namespace sekisho::checking
