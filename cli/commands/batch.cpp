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
#include <sstream>
#include <thread>

#include "command.h"
#include "files.h"
#include "json.h"

// `sekisho batch`: pieces of the input are decided by threads and written in order. What is written grows
// beside its place and moves there at the end; after each piece a small file says how far it came, so that a
// run that was stopped, or killed at any write, can go on.

namespace sekisho::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr std::size_t piece_size = 1 << 20;

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
}

/// How far a run came.
struct Progress {
  std::string input, header;
  std::uintmax_t size = 0, offset = 0, out_bytes = 0, refused_bytes = 0;
  std::size_t rows = 0, refused = 0, lines = 0;

  std::string text() const {
    return Json{{"schema", "sekisho-batch-state/1"},
                {"input", input},
                {"size", size},
                {"header", header},
                {"offset", offset},
                {"rows", rows},
                {"refused", refused},
                {"lines", lines},
                {"out_bytes", out_bytes},
                {"refused_bytes", refused_bytes}}
               .dump(1) +
           "\n";
  }
  static std::optional<Progress> read(const std::string& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    auto j = try_json(text.str());
    if (!j || !j->is_object() || j->value("schema", "") != "sekisho-batch-state/1") return std::nullopt;
    Json& at = *j;
    return Progress{at["input"],         at["header"], at["size"],    at["offset"], at["out_bytes"],
                    at["refused_bytes"], at["rows"],   at["refused"], at["lines"]};
  }
};

/// Threads that decide pieces; each has a worker of its own.
class Pool {
 public:
  struct Piece {
    std::string text;
    std::size_t first_row, first_line;
  };
  Pool(const Batch& batch, unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this, &batch] { work(batch.worker()); });
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
  void work(Batch::Worker worker) {
    for (;;) {
      std::unique_lock hold(lock_);
      wake_.wait(hold, [this] { return closed_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
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
    int code = exit_ok;
    const auto books = load(o_.rules, code);
    if (!books || !open_input() || !read_mapping()) return books ? exit_files : code;
    o_.request.json_lines = o_.rows_as == "ndjson" ||
                            (o_.rows_as.empty() && (o_.in.ends_with(".ndjson") || o_.in.ends_with(".jsonl")));
    if (!o_.request.json_lines && !read_header()) return exit_files;
    const Batch batch(*books, o_.request);
    print_reports(batch.reports(), true);
    if (!batch.ok()) return exit_wrong;
    if (const int wrong = open_output(batch)) return wrong;
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    if (!decide(batch)) return exit_files;
    if (interrupted) return stopped();
    return finish();
  }

 private:
  // --- files ---
  bool complain(const std::string& what, const std::string& path) {
    (what == "read" ? cannot_read : cannot_write)(path, std::strerror(errno));
    return false;
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
    at_.input = o_.in;
    return true;
  }
  bool read_mapping() {
    if (o_.mapping.empty()) return true;
    auto text = read_file(o_.mapping);
    if (text) o_.request.mapping = std::move(*text);
    return o_.request.mapping.has_value();
  }
  bool read_header() {
    if (!std::getline(*in_, o_.request.header)) return errno = ENODATA, complain("read", o_.in);
    at_.offset = o_.request.header.size() + 1;
    at_.header = o_.request.header;
    at_.lines = 1;
    return true;
  }
  std::string part(const std::string& path) const { return path + ".part"; }
  std::string state() const { return o_.out + ".state"; }

  int open_output(const Batch& batch) {
    if (to_screen_) {
      std::fwrite(batch.out_header().data(), 1, batch.out_header().size(), stdout);
      refusals_to_stderr_ = o_.refused.empty();
    }
    if (o_.refused.empty() && !to_screen_) o_.refused = o_.out + ".refused";
    for (std::string* file : {&o_.out, &o_.refused}) {
      if (file->empty() || (file == &o_.out && to_screen_)) continue;
      const auto place = file_place(*file);
      if (!place) return exit_files;
      *file = *place;
    }
    const bool began = !to_screen_ && fs::exists(state());
    if (began && !o_.resume && !o_.fresh) {
      fmt::print(stderr,
                 "error: an earlier run to `{}` was stopped\n   fix: go on with --resume, or begin again "
                 "with --fresh\n",
                 o_.out);
      return exit_usage;
    }
    if (began && o_.resume) {
      if (!go_on()) return exit_wrong;
    } else if (o_.resume && !began) {
      fmt::print(stderr, "note: nothing was stopped; beginning at the first row\n");
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
      at_.out_bytes = batch.out_header().size();
      at_.refused_bytes = batch.refused_header().size();
    }
    return exit_ok;
  }
  /// Takes up where the earlier run stopped: what was written past its last mark is cut off.
  bool go_on() {
    const auto before = Progress::read(state());
    std::error_code error;
    if (!before || before->input != at_.input || before->size != at_.size || before->header != at_.header) {
      fmt::print(stderr, "error: `{}` is of another input\n   fix: begin again with --fresh\n", state());
      return false;
    }
    for (const auto& [path, bytes] :
         {std::pair{part(o_.out), before->out_bytes}, {part(o_.refused), before->refused_bytes}}) {
      if (fs::file_size(path, error) < bytes || error) {
        fmt::print(stderr, "error: `{}` holds less than was written\n   fix: begin again with --fresh\n",
                   path);
        return false;
      }
      fs::resize_file(path, bytes, error);
      if (error) return errno = error.value(), complain("write", path);
    }
    at_ = *before;
    file_.seekg(static_cast<std::streamoff>(at_.offset));
    first_row_ = at_.rows;
    fmt::print(stderr, "going on after row {}\n", at_.rows);
    return true;
  }

  // --- rows ---
  struct Sent {
    std::future<BatchPiece> piece;
    std::size_t bytes, lines;
  };
  bool decide(const Batch& batch) {
    const unsigned threads = o_.threads != 0 ? o_.threads : std::max(1u, std::thread::hardware_concurrency());
    Pool pool(batch, threads);
    std::deque<Sent> sent;
    std::string buffer;
    std::size_t row = at_.rows, line = at_.lines;
    bool more = true, sound = true;
    while (sound && (more || !sent.empty())) {
      if (more && !interrupted && sent.size() < std::size_t{2} * threads) {
        const std::size_t had = buffer.size();
        buffer.resize(had + piece_size);
        in_->read(buffer.data() + had, static_cast<std::streamsize>(piece_size));
        buffer.resize(had + static_cast<std::size_t>(in_->gcount()));
        more = !in_->eof() && !in_->fail();
        const BatchSplit whole = batch.split(buffer, !more);
        if (whole.bytes == 0) continue;
        sent.push_back(
            {pool.add({buffer.substr(0, whole.bytes), row + 1, line + 1}), whole.bytes, whole.lines});
        buffer.erase(0, whole.bytes);
        row += whole.rows;
        line += whole.lines;
        continue;
      }
      if (interrupted) more = false;
      if (sent.empty()) break;
      sound = write(sent.front().piece.get(), sent.front().bytes, sent.front().lines);
      sent.pop_front();
      tell(false);
    }
    tell(true);
    return sound;
  }
  bool write(const BatchPiece& piece, std::size_t bytes, std::size_t lines) {
    if (to_screen_)
      std::fwrite(piece.out.data(), 1, piece.out.size(), stdout);
    else
      out_ << piece.out << std::flush;
    if (refusals_to_stderr_)
      fmt::print(stderr, "{}", piece.refused);
    else
      refused_ << piece.refused << std::flush;
    if (!to_screen_ && !out_) return complain("write", part(o_.out));
    if (!refusals_to_stderr_ && !refused_) return complain("write", part(o_.refused));
    if (to_screen_ && std::ferror(stdout) != 0) return complain("write", "standard output");
    at_.offset += bytes;
    at_.lines += lines;
    at_.rows += piece.rows;
    at_.refused += piece.refused_rows;
    at_.out_bytes += piece.out.size();
    at_.refused_bytes += piece.refused.size();
    return to_screen_ || o_.in == "-" || write_file(state(), at_.text());
  }
  void tell(bool last) {
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
    fmt::print(stderr, "\r\x1b[K{} rows, {:.0f} rows/s{}{}", at_.rows, rate, last ? "" : rest,
               last ? "\n" : "");
  }

  // --- the end ---
  int stopped() {
    if (to_screen_ || o_.in == "-") {
      fmt::print(stderr, "stopped after row {}\n", at_.rows);
    } else {
      fmt::print(stderr, "stopped after row {}: the same command with --resume goes on\n", at_.rows);
    }
    return exit_stopped;
  }
  int finish() {
    out_.close();
    refused_.close();
    std::error_code error;
    if (!to_screen_ && !take_place(part(o_.out), o_.out)) return exit_files;
    if (!refusals_to_stderr_) {
      if (at_.refused == 0)
        fs::remove(part(o_.refused), error);
      else if (!take_place(part(o_.refused), o_.refused))
        return exit_files;
    }
    if (error) return errno = error.value(), complain("write", o_.out), exit_files;
    if (!to_screen_) fs::remove(state(), error);
    fmt::print(stderr, "{} rows decided", at_.rows - at_.refused);
    if (at_.refused > 0)
      fmt::print(stderr, ", {} refused{}", at_.refused,
                 refusals_to_stderr_ ? "" : fmt::format(": see `{}`", o_.refused));
    fmt::print(stderr, "\n");
    return at_.refused == 0 ? exit_ok : exit_wrong;
  }

  BatchOptions& o_;
  bool to_screen_, refusals_to_stderr_ = false;
  std::istream* in_ = nullptr;
  std::ifstream file_;
  std::ofstream out_, refused_;
  Progress at_;
  std::size_t first_row_ = 0;
  Clock::time_point began_ = Clock::now(), told_;
};

}  // namespace

void add_batch(App& app, Outcome& outcome) {
  App* c = app.add_subcommand("batch", "decide every row of a table: CSV, or JSON with one object a line");
  auto o = std::make_shared<BatchOptions>();
  c->add_option("in", o->in, "the table; `-` is standard input")->required();
  c->add_option("--out", o->out, "where the findings go, a line a row; `-` is standard output")->required();
  c->add_option("--refused", o->refused,
                "where rows that cannot be read go, with place and reason; default: OUT.refused");
  c->add_option("--on", o->request.on, "the day of rows that name none in a column `on`");
  c->add_option("--column", o->request.columns, "COLUMN=FACT; also `on`, `id`, `provisos`, `ignore`");
  c->add_option("--mapping", o->mapping, "YAML: `columns` (COLUMN: FACT) and `words` (FACT: {CELL: VALUE})");
  c->add_option("--rows", o->rows_as, "csv or ndjson; default: by the name of the file")
      ->one_of({"csv", "ndjson"});
  c->add_option("--rules", o->rules.rules, "rulebooks instead of the shipped ones");
  c->add_option("--draft", o->rules.drafts, "law that is not in force yet, laid over the rulebooks");
  c->add_option("--threads", o->threads,
                "default: one for each processor; the output is the same for any number");
  c->add_flag("--resume", o->resume, "go on where an earlier run was stopped");
  c->add_flag("--fresh", o->fresh, "begin again although an earlier run was stopped");
  c->add_option("--nodes", o->request.node_limit, "the most nodes of diagrams for one day's law");
  c->footer(
      "Columns are facts by name (`sekisho facts`); a blank cell is not known, and the finding is then "
      "`open` with best and\n"
      "worst unless it is proved all the same. Sets: `A;B`, or `none`. Authorities have granted nothing and "
      "found nothing\n"
      "but what columns say. Exit code 1 where a row was refused, 130 when stopped by Ctrl-C.\n\n"
      "Example: sekisho batch examples/batch/shipments.csv --out findings.csv --on 2023-12-22\n"
      "Example: sekisho batch orders.csv --out - --column Dest=destination --column Invoice=ignore --on "
      "2024-01-01");
  c->callback([o, &outcome] { outcome.exit_code = Run(*o).run(); });
}

}  // namespace sekisho::cli
