#include <fmt/format.h>
#include <sekisho/batch.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "batch_progress.h"
#include "command.h"
#include "file_lock.h"
#include "files.h"
#include "tell.h"
#include "words.h"

// `sekisho batch`: pieces of the input are decided by threads and written in order. What is written grows
// beside its place and moves there at the end; after each piece a small file says how far it came, so that a
// run that was stopped, or killed at any write, can go on.

namespace sekisho::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr std::size_t piece_size = 1 << 20;
constexpr unsigned most_threads = 1024;

struct BatchOptions {
  std::string in, out, refused, mapping, rows_as;
  BatchRequest request;
  RulebookOptions rules;
  unsigned threads = 0;
  bool resume = false, fresh = false;
};

std::atomic<bool> interrupted{false};
void on_interrupt(int) {
  interrupted = true;
  alarm(1);  // and again: what was about to wait for input when it came would wait on
}

/// Threads that decide pieces; each has a worker of its own.
class Pool {
 public:
  struct Piece {
    std::string text;
    std::size_t first_row, first_line;
  };
  /// As many threads as can be had, up to so many.
  Pool(const Batch& batch, unsigned threads) {
    try {
      while (threads_.size() < threads)
        threads_.emplace_back([this, worker = batch.worker()]() mutable { work(worker); });
    } catch (const std::exception&) {
    }
  }
  ~Pool() {
    {
      const std::lock_guard hold(lock_);
      closed_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  std::size_t threads() const { return threads_.size(); }
  std::future<BatchPiece> add(Piece piece) {
    std::packaged_task<BatchPiece(Batch::Worker&)> task(
        [p = std::move(piece)](Batch::Worker& w) { return w.decide(p.text, p.first_row, p.first_line); });
    auto result = task.get_future();
    {
      const std::lock_guard hold(lock_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return result;
  }

 private:
  void work(Batch::Worker& worker) {
    for (;;) {
      std::unique_lock hold(lock_);
      wake_.wait(hold, [this] { return closed_ || !tasks_.empty(); });
      if (closed_) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      hold.unlock();
      task(worker);
    }
  }
  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<std::packaged_task<BatchPiece(Batch::Worker&)>> tasks_;
  std::vector<std::thread> threads_;
  bool closed_ = false;
};

class Run {
 public:
  explicit Run(BatchOptions& o) : o_(o), to_screen_(o.out == "-") {}

  int run() {
    if (!days_exist({o_.request.on})) return exit_usage;
    if (o_.refused.empty() && !to_screen_) o_.refused = o_.out + ".refused";
    if (const int wrong = keep_apart()) return wrong;
    int code = exit_ok;
    const auto books = load(o_.rules, code);
    if (!books || !open_input() || !read_mapping()) return books ? exit_files : code;
    o_.request.hypothetical = !o_.rules.drafts.empty();
    o_.request.json_lines = o_.rows_as == "ndjson" ||
                            (o_.rows_as.empty() && (o_.in.ends_with(".ndjson") || o_.in.ends_with(".jsonl")));
    if (!o_.request.json_lines && !read_header()) return exit_files;
    const Batch batch(*books, o_.request);
    print_reports(batch.reports(), true);
    if (!batch.ok()) return exit_wrong;
    if (const int wrong = open_output(batch)) return wrong;
    struct sigaction stop {};  // without SA_RESTART: what waits for input wakes
    stop.sa_handler = on_interrupt;
    sigaction(SIGALRM, &stop, nullptr);
    sigaction(SIGINT, &stop, nullptr);
    sigaction(SIGTERM, &stop, nullptr);
    return decide(batch) ? finish(batch) : exit_files;
  }

 private:
  // --- files ---
  bool complain(const std::string& what, const std::string& path) {
    (what == "read" ? cannot_read : cannot_write)(path, std::strerror(errno));
    return false;
  }
  /// What is written goes over nothing that is read, and each of it to a place of its own.
  int keep_apart() const {
    struct Named {
      std::string path, what;
    };
    std::vector<Named> in, out;
    if (o_.in != "-") in.push_back({o_.in, "the table"});
    if (!o_.mapping.empty()) in.push_back({o_.mapping, "the mapping"});
    for (const auto* paths : {&o_.rules.rules, &o_.rules.drafts}) {
      const auto files = rulebook_files(*paths);
      if (!files) return exit_files;
      for (const std::string& f : *files) in.push_back({f, "a rulebook"});
    }
    if (!to_screen_)
      for (const std::string& path : {o_.out, part(o_.out), state()}) out.push_back({path, "--out"});
    if (!o_.refused.empty())
      for (const std::string& path : {o_.refused, part(o_.refused)}) out.push_back({path, "--refused"});
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (const Named& n : in)
        if (same_file(out[i].path, n.path)) return written_over(n.path, n.what, out[i].what);
      for (std::size_t k = 0; k < i; ++k)
        if (same_file(out[i].path, out[k].path)) return written_over(out[i].path, out[k].what, out[i].what);
    }
    return exit_ok;
  }
  static int written_over(const std::string& path, const std::string& what, const std::string& option) {
    tell("error: `{}` is {} and would be written over\n   fix: give {} another name\n", path, what, option);
    return exit_usage;
  }
  bool open_input() {
    if (o_.in == "-") {
      in_ = &std::cin;
    } else {
      std::error_code error;
      if (fs::is_directory(o_.in, error)) return errno = EISDIR, complain("read", o_.in);
      file_.open(o_.in, std::ios::binary);
      if (!file_) return complain("read", o_.in);
      in_ = &file_;
      at_.size = fs::file_size(o_.in, error);
      if (error) at_.size = 0;
    }
    o_.request.table = o_.in == "-" ? "standard input" : o_.in;
    return true;
  }
  bool read_mapping() {
    if (o_.mapping.empty()) return true;
    auto text = read_file(o_.mapping);
    if (text) o_.request.mapping = std::move(*text);
    return o_.request.mapping.has_value();
  }
  bool read_header() {
    errno = 0;
    if (!std::getline(*in_, o_.request.header)) {
      if (!broken(*in_)) return true;  // it is empty, and has no header: the reports say so
      if (errno == 0) errno = EIO;
      return complain("read", o_.in);
    }
    at_.offset = o_.request.header.size() + 1;
    at_.lines = 1;
    read_.add(o_.request.header + "\n");
    return true;
  }
  std::string part(const std::string& path) const { return path + ".part"; }
  std::string state() const { return o_.out + ".state"; }

  int open_output(const Batch& batch) {
    if (to_screen_) {
      std::fwrite(batch.out_header().data(), 1, batch.out_header().size(), stdout);
      refusals_to_stderr_ = o_.refused.empty();
    }
    for (std::string* file : {&o_.out, &o_.refused}) {
      if (file->empty() || (file == &o_.out && to_screen_)) continue;
      const auto place = file_place(*file);
      if (!place) return exit_files;
      *file = *place;
    }
    if (const int wrong = lock()) return wrong;
    at_.rests_on = batch.rests_on();
    std::error_code error;
    const bool began = !to_screen_ && fs::exists(state(), error);
    if (error) return errno = error.value(), complain("read", state()), exit_files;
    if (began && !o_.resume && !o_.fresh) {
      tell(
          "error: an earlier run to `{}` was stopped\n   fix: go on with --resume, or begin again "
          "with --fresh\n",
          o_.out);
      return exit_usage;
    }
    if (began && o_.resume) {
      if (!go_on()) return exit_wrong;
    } else if (o_.resume && !began) {
      tell("note: nothing was stopped; beginning at the first row\n");
    }
    const auto mode = std::ios::binary | (at_.rows > 0 ? std::ios::app : std::ios::trunc);
    if (!to_screen_) {
      out_.open(part(o_.out), mode);
      if (!out_) return complain("write", part(o_.out)), exit_files;
    }
    if (!refusals_to_stderr_) {
      refused_.open(part(o_.refused), mode);
      if (!refused_) return complain("write", part(o_.refused)), exit_files;
    }
    if (at_.rows == 0) {
      if (!to_screen_) out_ << batch.out_header();
      refused_ << batch.refused_header();
      written_ = {};
      written_refused_ = {};
      written_.add(batch.out_header());
      written_refused_.add(batch.refused_header());
      at_.out_bytes = batch.out_header().size();
      at_.refused_bytes = batch.refused_header().size();
    }
    return exit_ok;
  }
  /// For as long as this run lasts no other one writes there.
  int lock() {
    for (const std::string* file : {&o_.out, &o_.refused}) {
      if (file->empty() || *file == "-") continue;
      const FileLock& l = locks_.emplace_back(part(*file));
      if (l.held()) continue;
      if (!l.other_run()) return complain("write", part(*file)), exit_files;
      tell("error: another run writes to `{}`\n   fix: wait until it has ended, or write elsewhere\n", *file);
      return exit_usage;
    }
    return exit_ok;
  }
  /// Reads again what the earlier run read or wrote.
  static RunningDigest read_again(std::ifstream& file, std::uintmax_t bytes) {
    RunningDigest out;
    file.seekg(0);
    std::string block(piece_size, '\0');
    while (bytes > 0 && file) {
      file.read(block.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(bytes, piece_size)));
      const auto got = static_cast<std::size_t>(file.gcount());
      out.add(std::string_view(block).substr(0, got));
      bytes -= got;
    }
    return out;
  }
  /// Takes up where the earlier run stopped: what was written past its last mark is cut off.
  bool go_on() {
    const auto text = read_file(state());
    const auto before = text ? BatchProgress::read_text(text->text) : std::nullopt;
    if (!before) {
      tell("error: `{}` says nothing of a stopped run\n   fix: begin again with --fresh\n", state());
      return false;
    }
    read_ = read_again(file_, before->offset);
    at_.read = read_.text();
    if (const std::string changed = before->changed(at_); !changed.empty()) {
      tell(
          "error: `{}`: since that run was stopped this has changed: {}\n"
          "   fix: put it back as it was, or begin again with --fresh\n",
          state(), changed);
      return false;
    }
    if (!cut_back(part(o_.out), before->out_bytes, before->written, written_) ||
        !cut_back(part(o_.refused), before->refused_bytes, before->written_refused, written_refused_))
      return false;
    at_ = *before;
    first_row_ = at_.rows;
    tell("going on after row {}\n", at_.rows);
    return true;
  }

  /// Cuts off what stands past the last mark, if what stands before it is what was written.
  /// @param digest   of what was written up to the mark
  /// @param written  becomes what is written now
  bool cut_back(const std::string& path, std::uintmax_t bytes, const std::string& digest,
                RunningDigest& written) {
    std::error_code error;
    const char* wrong = nullptr;
    if (fs::file_size(path, error) < bytes || error) {
      wrong = "holds less than was written";
    } else {
      std::ifstream file(path, std::ios::binary);
      written = read_again(file, bytes);
      if (written.text() != digest) wrong = "is not what was written";
    }
    if (wrong != nullptr) {
      tell("error: `{}` {}\n   fix: begin again with --fresh\n", path, wrong);
      return false;
    }
    fs::resize_file(path, bytes, error);
    if (error) return errno = error.value(), complain("write", path);
    return true;
  }

  // --- rows ---
  struct Sent {
    std::future<BatchPiece> piece;
    std::size_t bytes, lines;
    std::string read;  // digest of the input up to its end
    bool ready(std::chrono::milliseconds wait) const {
      return piece.wait_for(wait) == std::future_status::ready;
    }
  };
  bool decide(const Batch& batch) {
    const unsigned threads = o_.threads != 0 ? o_.threads : std::max(1u, std::thread::hardware_concurrency());
    Pool pool(batch, threads);
    if (pool.threads() == 0) {
      tell("error: no thread can be started\n   fix: let the program have one more, or more memory\n");
      return false;
    }
    std::deque<Sent> sent;
    std::string buffer;
    std::size_t row = at_.rows, line = at_.lines;
    bool more = true, sound = true;
    while (sound && (more || !sent.empty())) {
      if (interrupted) stop(sent);
      if (more && sent.size() < 2 * pool.threads()) {
        // As much again as is left of a row that is not whole, so that a long one costs no more than a short.
        const bool read = read_on(*in_, buffer, std::max(piece_size, buffer.size()));
        if (interrupted) stop(sent);
        sound = read || complain("read", o_.in);
        if (!sound) break;
        more = in_->good();
        const BatchSplit whole = batch.split(buffer, !more);
        if (whole.bytes == 0) continue;
        read_.add(std::string_view(buffer).substr(0, whole.bytes));
        sent.push_back({pool.add({buffer.substr(0, whole.bytes), row + 1, line + 1}), whole.bytes,
                        whole.lines, read_.text()});
        buffer.erase(0, whole.bytes);
        row += whole.rows;
        line += whole.lines;
        continue;
      }
      if (!sent.front().ready(std::chrono::milliseconds(100))) continue;  // it may take long: see interrupts
      sound = write(sent.front());
      sent.pop_front();
      progress(false);
    }
    progress(true);
    return sound;
  }
  bool write(Sent& sent) {
    const BatchPiece piece = sent.piece.get();
    for (const Report& r : piece.reports)
      if (told_columns_.insert(r.message).second) print_reports({r}, true);
    if (to_screen_)
      std::fwrite(piece.out.data(), 1, piece.out.size(), stdout);
    else
      out_ << piece.out << std::flush;
    if (refusals_to_stderr_)
      tell("{}", piece.refused);
    else
      refused_ << piece.refused << std::flush;
    written_.add(piece.out);
    written_refused_.add(piece.refused);
    if (!to_screen_ && !out_) return complain("write", part(o_.out));
    if (!refusals_to_stderr_ && !refused_) return complain("write", part(o_.refused));
    if (to_screen_ && std::ferror(stdout) != 0) {
      if (interrupted) std::_Exit(stopped());
      return complain("write", "standard output");
    }
    at_.offset += sent.bytes;
    at_.lines += sent.lines;
    at_.read = sent.read;
    at_.rows += piece.rows;
    at_.refused += piece.refused_rows;
    at_.out_bytes += piece.out.size();
    at_.refused_bytes += piece.refused.size();
    at_.written = written_.text();
    at_.written_refused = written_refused_.text();
    return to_screen_ || o_.in == "-" || write_file(state(), at_.text());
  }
  void progress(bool last) {
    if (isatty(STDERR_FILENO) == 0) return;
    const auto now = Clock::now();
    if (!last && now - told_ < std::chrono::milliseconds(200)) return;
    told_ = now;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = static_cast<double>(at_.rows - first_row_) / std::max(seconds, 1e-9);
    std::string rest;
    if (at_.size > 0) {
      const double done = static_cast<double>(at_.offset) / static_cast<double>(at_.size);
      const auto left = static_cast<long>(seconds * (1 - done) / std::max(done, 1e-9));
      rest = fmt::format(", {:.0f} %, {}:{:02} left", done * 100, left / 60, left % 60);
    }
    tell("\r\x1b[K{} rows, {:.0f} rows/s{}{}", at_.rows, rate, last ? "" : rest, last ? "\n" : "");
  }

  // --- the end ---
  /// Writes what is decided and ends. The threads are not waited for: compiling the law of a day may take
  /// them minutes, and nothing of theirs is half written.
  [[noreturn]] void stop(std::deque<Sent>& sent) {
    bool sound = true;
    for (; sound && !sent.empty() && sent.front().ready(std::chrono::milliseconds(0)); sent.pop_front())
      sound = write(sent.front());
    progress(true);
    const int code = sound ? stopped() : exit_files;
    std::fflush(nullptr);
    std::_Exit(code);
  }
  int stopped() {
    if (to_screen_ || o_.in == "-") {
      tell("stopped after row {}\n", at_.rows);
    } else {
      tell("stopped after row {}: the same command with --resume goes on\n", at_.rows);
    }
    return exit_stopped;
  }
  int finish(const Batch& batch) {
    if (!to_screen_ && (out_.close(), !out_)) return complain("write", part(o_.out)), exit_files;
    if (!refusals_to_stderr_ && (refused_.close(), !refused_))
      return complain("write", part(o_.refused)), exit_files;
    std::error_code error;
    // From here on there is nothing to go on with: killed between its last steps, it is begun again.
    if (!to_screen_) fs::remove(state(), error);
    if (error) return errno = error.value(), complain("write", state()), exit_files;
    if (!to_screen_ && !take_place(part(o_.out), o_.out)) return exit_files;
    if (!refusals_to_stderr_) {
      if (at_.refused == 0) {
        fs::remove(part(o_.refused), error);
        if (!error) fs::remove(o_.refused, error);  // of an earlier run
      } else if (!take_place(part(o_.refused), o_.refused))
        return exit_files;
    }
    if (error) return errno = error.value(), complain("write", o_.refused), exit_files;
    tell("{} rows decided", at_.rows - at_.refused);
    if (at_.refused > 0)
      tell(", {} refused{}", at_.refused, refusals_to_stderr_ ? "" : fmt::format(": see `{}`", o_.refused));
    tell("{}\n", o_.request.hypothetical ? "; HYPOTHETICAL: a draft lies over the law" : "");
    const std::vector<Report> law = batch.law_reports();
    print_reports(law, true);
    if (!law.empty()) return exit_too_much;
    return at_.refused == 0 ? exit_ok : exit_wrong;
  }

  BatchOptions& o_;
  bool to_screen_, refusals_to_stderr_ = false;
  std::istream* in_ = nullptr;
  std::ifstream file_;
  std::ofstream out_, refused_;
  BatchProgress at_;
  RunningDigest read_, written_, written_refused_;
  std::vector<FileLock> locks_;
  std::set<std::string> told_columns_;
  std::size_t first_row_ = 0;
  Clock::time_point began_ = Clock::now(), told_;
};

}  // namespace

void add_batch(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("batch", "decide every row of a table: CSV, or JSON with one object a line");
  auto o = std::make_shared<BatchOptions>();
  c->add_option("in", o->in, "the table; `-` is standard input")->required();
  c->add_option("--out", o->out,
                "where the findings go, a line a row, in place of what was there; `-` is standard output")
      ->required();
  c->add_option("--refused", o->refused,
                "where rows that cannot be read go, with place and reason; default: OUT.refused");
  c->add_option("--on", o->request.on, "the day of rows that name none in a column `on`");
  c->add_option("--column", o->request.columns, "COLUMN=FACT; also `on`, `id`, `provisos`, `ignore`");
  c->add_option("--mapping", o->mapping, "YAML: `columns` (COLUMN: FACT) and `words` (FACT: {CELL: VALUE})");
  c->add_option("--rows", o->rows_as, "csv or ndjson; default: by the name of the file")
      ->one_of({"csv", "ndjson"});
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option(
      "--draft", o->rules.drafts,
      "law that is not in force yet, laid over the rulebooks: every row is then marked `hypothetical`");
  c->add_option("--threads", o->threads,
                "default: one for each processor; the output is the same for any number")
      ->at_most(most_threads);
  Option* resume = c->add_flag("--resume", o->resume, "go on where an earlier run was stopped");
  c->add_flag("--fresh", o->fresh, "begin again although an earlier run was stopped")->excludes(resume);
  c->add_option("--nodes", o->request.node_limit, "the most nodes of diagrams for one day's law");
  c->footer(
      "Columns are facts by name (`sekisho facts`); a blank cell is not known, and the finding is then "
      "`open` with best and\n"
      "worst unless it is proved all the same. Sets: `A;B`, or `none`; in JSON a list says\n"
      "each member as it is written, and `[]` none. Authorities have granted nothing and "
      "found nothing\n"
      "but what columns say. Exit code 1 where a row was refused, 4 where the law of its day needs more than "
      "`--nodes`,\n130 when stopped by Ctrl-C.\n\n"
      "Example: sekisho batch examples/batch/shipments.csv --out findings.csv --on 2023-12-22\n"
      "Example: sekisho batch examples/batch/shipments.csv --out - --column what=ignore --on 2024-01-01");
  c->callback([o, &outcome] { outcome.exit_code = Run(*o).run(); });
}

}  // namespace sekisho::cli
