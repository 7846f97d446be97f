#include "files.h"

#include <fmt/format.h>
#include <sekisho/register.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "json.h"

namespace sekisho::cli {
namespace {

namespace fs = std::filesystem;

bool coloured() {
  return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

void print_place(const Report::Place& p) {
  if (p.line == 0) return;
  const std::size_t from = std::min<std::size_t>(p.marked_from, p.excerpt.size());
  std::string pad;
  for (const char c : p.excerpt.substr(0, from))
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) pad += c == '\t' ? '\t' : ' ';
  std::size_t width = 0;
  for (const char c : p.excerpt.substr(from, p.marked))
    width += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  fmt::print(stderr, "   {}\n   {}{}\n", printable(p.excerpt), pad,
             std::string(std::max<std::size_t>(1, width), '^'));
}

std::string where(const Report::Place& p) {
  return p.line == 0 ? (p.file.empty() ? "" : p.file + ": ")
                     : fmt::format("{}:{}:{}: ", p.file, p.line, p.column);
}

}  // namespace

void cannot_read(const std::string& path, const std::string& why) {
  fmt::print(stderr, "error[SK5001]: cannot read `{}`: {}\n", path, why);
}

void cannot_write(const std::string& path, const std::string& why) {
  fmt::print(stderr, "error[SK5002]: cannot write `{}`: {}\n", path, why);
}

std::optional<SourceText> read_file(const std::string& path) {
  if (path == "-") return SourceText{"standard input", {std::istreambuf_iterator<char>(std::cin), {}}};
  std::error_code error;
  if (fs::is_directory(path, error)) {
    cannot_read(path, "it is a folder");
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    cannot_read(path, std::strerror(errno));
    return std::nullopt;
  }
  return SourceText{path, {std::istreambuf_iterator<char>(in), {}}};
}

bool write_file(const std::string& path, const std::string& text) {
  return write_file(path, [&](std::ostream& out) {
    out << text;
    return true;
  });
}

std::optional<std::string> file_place(const std::string& named) {
  std::error_code error;
  const fs::file_status there = fs::status(named, error);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    cannot_write(named, "it is no regular file");
    return std::nullopt;
  }
  if (is_register(named)) {
    cannot_write(named, "a register lies there, and would be lost");
    return std::nullopt;
  }
  return fs::exists(there) && fs::is_symlink(named, error) ? fs::canonical(named, error).string() : named;
}

bool take_place(const std::string& beside, const std::string& place) {
  std::error_code error;
  const fs::file_status there = fs::status(place, error);
  if (fs::exists(there)) fs::permissions(beside, there.permissions(), error);
  fs::rename(beside, place, error);
  if (error) cannot_write(place, error.message());
  return !error;
}

bool write_file(const std::string& named, const std::function<bool(std::ostream&)>& write) {
  const auto place = file_place(named);
  if (!place) return false;
  const std::string beside = *place + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    const bool written = out && write(out);
    out.flush();
    if (!out) cannot_write(*place, std::strerror(errno));
    if (!out || !written) {
      std::remove(beside.c_str());
      return false;
    }
  }
  return take_place(beside, *place);
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  const fs::path one = fs::weakly_canonical(fs::absolute(a, error), error);
  const fs::path other = fs::weakly_canonical(fs::absolute(b, error), error);
  return !one.empty() && one == other;
}

std::optional<std::vector<std::string>> rulebook_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& p : paths) {
    std::error_code error;
    if (!fs::is_directory(p, error)) {
      files.push_back(p);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& e : fs::recursive_directory_iterator(p, error))
      if (e.path().extension() == ".law" && e.is_regular_file()) found.push_back(e.path().string());
    if (error) {
      cannot_read(p, error.message());
      return std::nullopt;
    }
    if (found.empty()) {
      cannot_read(p, "there is no `.law` file in it");
      return std::nullopt;
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

std::optional<std::vector<SourceText>> read_rulebooks(const std::vector<std::string>& paths) {
  const auto files = rulebook_files(paths);
  if (!files) return std::nullopt;
  std::vector<SourceText> texts;
  texts.reserve(files->size());
  for (const std::string& f : *files) {
    auto text = read_file(f);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

/// The order of variables kept in the folder of the rulebooks, if they are one folder and have one.
static std::optional<SourceText> order_beside(const std::vector<std::string>& paths) {
  if (paths.empty()) return shipped_order();
  const std::string file = (fs::path(paths.front()) / "variables.order").string();
  std::error_code error;
  if (paths.size() > 1 || !fs::exists(file, error)) return std::nullopt;
  return read_file(file);
}

std::optional<Rulebooks> load(const RulebookOptions& options, int& exit_code) {
  exit_code = exit_files;
  auto texts = options.rules.empty() ? std::optional(shipped_rulebooks()) : read_rulebooks(options.rules);
  if (!texts) return std::nullopt;
  if (!options.drafts.empty()) {
    auto drafts = read_rulebooks(options.drafts);
    if (!drafts) return std::nullopt;
    texts->insert(texts->end(), drafts->begin(), drafts->end());
  }
  Rulebooks books(std::move(*texts), order_beside(options.rules));
  if (!books.ok()) {
    print_reports(books.reports(), false);
    exit_code = exit_wrong;
    return std::nullopt;
  }
  exit_code = exit_ok;
  return books;
}

void print_reports(const std::vector<Report>& reports, bool with_warnings) {
  const bool colour = coloured();
  std::fflush(stdout);  // what was said before is read before
  for (const Report& r : reports) {
    if (!r.is_error && !with_warnings) continue;
    const char* word = r.is_error ? "error" : "warning";
    fmt::print(stderr, "{}{}{}[{}]{}: {}\n", where(r.place),
               colour ? (r.is_error ? "\x1b[1;31m" : "\x1b[1;33m") : "", word, r.code,
               colour ? "\x1b[0m" : "", printable(r.message));
    print_place(r.place);
    for (const Report::Note& n : r.notes)
      fmt::print(stderr, "   {}note: {}\n", where(n.place), printable(n.text));
    for (const std::string& f : r.fixes) fmt::print(stderr, "   fix: {}\n", printable(f));
  }
}

std::string reports_json(const std::vector<Report>& reports) {
  const auto place = [](const Report::Place& p) {
    return Json{{"file", p.file}, {"line", p.line}, {"column", p.column}, {"excerpt", p.excerpt}};
  };
  Json out = Json::array();
  for (const Report& r : reports) {
    Json notes = Json::array();
    for (const Report::Note& n : r.notes) notes.push_back({{"place", place(n.place)}, {"text", n.text}});
    out.push_back({{"code", r.code},
                   {"severity", r.is_error ? "error" : "warning"},
                   {"place", place(r.place)},
                   {"message", r.message},
                   {"notes", notes},
                   {"fixes", r.fixes}});
  }
  return Json{{"diagnostics", out}}.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sekisho::cli
