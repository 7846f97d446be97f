#include "files.h"

#include <fcntl.h>
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

#include "json.h"
#include "tell.h"

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
  tell("   {}\n   {}{}\n", printable(p.excerpt), pad, std::string(std::max<std::size_t>(1, width), '^'));
}

std::string where(const Report::Place& p) {
  return p.line == 0 ? (p.file.empty() ? "" : p.file + ": ")
                     : fmt::format("{}:{}:{}: ", p.file, p.line, p.column);
}

}  // namespace

void cannot_read(const std::string& path, const std::string& why) {
  tell("error[SK5001]: cannot read `{}`: {}\n", path, why);
}

void cannot_write(const std::string& path, const std::string& why) {
  tell("error[SK5002]: cannot write `{}`: {}\n", path, why);
}

int exit_code_of(const std::vector<Report>& reports) {
  std::size_t limits = 0, errors = 0;
  for (const Report& r : reports) {
    errors += r.is_error;
    limits += r.code == "SK4001" || r.code == "SK4002";
  }
  return limits > 0 && limits == errors ? exit_too_much : exit_wrong;
}

bool broken(const std::istream& in) {
  return in.bad() || (&in == &std::cin && std::ferror(stdin) != 0);
}

bool read_on(std::istream& in, std::string& text, std::size_t most) {
  const std::size_t had = text.size();
  text.resize(had + most);
  errno = 0;
  in.read(text.data() + had, static_cast<std::streamsize>(most));
  text.resize(had + static_cast<std::size_t>(in.gcount()));
  if (!broken(in)) return true;
  if (errno == 0) errno = EIO;
  return false;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(file, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::optional<SourceText> read_file(const std::string& path) {
  const bool standard = path == "-";
  std::error_code error;
  if (!standard && fs::is_directory(path, error)) {
    cannot_read(path, "it is a folder");
    return std::nullopt;
  }
  std::ifstream file;
  if (!standard) file.open(path, std::ios::binary);
  std::istream& in = standard ? std::cin : file;
  SourceText out{standard ? "standard input" : path, {}};
  bool sound = standard || file.is_open();
  while (sound && in.good()) sound = read_on(in, out.text, std::size_t{1} << 16);
  if (sound) return out;
  cannot_read(out.name, std::strerror(errno));
  return std::nullopt;
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

namespace {

/// So that a file's new name outlasts a loss of power. Folders that cannot be opened so keep it as they can.
void sync_folder(const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  const int there = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (there < 0) return;
  (void)fsync(there);
  close(there);
}

}  // namespace

bool take_place(const std::string& beside, const std::string& place) {
  std::error_code error;
  const fs::file_status there = fs::status(place, error);
  if (fs::exists(there)) fs::permissions(beside, there.permissions(), error);
  const int file = open(beside.c_str(), O_RDONLY | O_CLOEXEC);
  const bool on_disk = file >= 0 && fsync(file) == 0;
  error = on_disk ? std::error_code() : std::error_code(errno, std::generic_category());
  if (file >= 0) close(file);
  if (on_disk) fs::rename(beside, place, error);
  if (!error) sync_folder(place);
  if (error) cannot_write(place, error.message());
  return !error;
}

namespace {

/// A new file beside another, which goes with this unless it took the other's place.
class Beside {
 public:
  explicit Beside(const std::string& place) {
    std::error_code none;
    const bool replaces = fs::exists(place, none);
    const mode_t mode = replaces ? 0600 : 0666;  // `take_place` gives it those of what it replaces
    int file = -1;
    for (int n = 0; file < 0 && (n == 0 || errno == EEXIST); ++n) {
      path_ = fmt::format("{}.{}-{}.new", place, getpid(), n);
      file = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    }
    made_ = file >= 0;
    if (made_) close(file);
  }
  ~Beside() {
    if (made_) std::remove(path_.c_str());
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  bool made() const { return made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

}  // namespace

bool write_file(const std::string& named, const std::function<bool(std::ostream&)>& write) {
  const auto place = file_place(named);
  if (!place) return false;
  const Beside beside(*place);
  std::ofstream out;
  if (beside.made()) out.open(beside.path(), std::ios::binary);
  const bool written = beside.made() && out && write(out);
  out.close();
  if (!out) cannot_write(*place, std::strerror(errno));
  return out && written && take_place(beside.path(), *place);
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
    for (fs::recursive_directory_iterator e(p, error), end; !error && e != end; e.increment(error)) {
      std::error_code hidden;  // what may be a file is read, and said to be none
      const fs::file_type type = e->status(hidden).type();
      if (e->path().extension() == ".law" && (type == fs::file_type::regular || type == fs::file_type::none))
        found.push_back(e->path().string());
    }
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

std::optional<SourceText> order_beside(const std::vector<std::string>& paths) {
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
    tell("{}{}{}[{}]{}: {}\n", where(r.place), colour ? (r.is_error ? "\x1b[1;31m" : "\x1b[1;33m") : "", word,
         r.code, colour ? "\x1b[0m" : "", printable(r.message));
    print_place(r.place);
    for (const Report::Note& n : r.notes) tell("   {}note: {}\n", where(n.place), printable(n.text));
    for (const std::string& f : r.fixes) tell("   fix: {}\n", printable(f));
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
  return to_lines(Json{{"diagnostics", out}});
}

}  // namespace sekisho::cli
