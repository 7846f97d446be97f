#include <fcntl.h>
#include <fmt/format.h>
#include <sekisho/events.h>
#include <sekisho/register.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>

#include "command.h"
#include "files.h"
#include "json.h"
#include "recorded.h"
#include "tell.h"

namespace sekisho::cli {
namespace {

struct RegisterOptions {
  std::string location, origin, file, world, by, known_on, key, signer, out, reason, format = "text";
  std::vector<std::string> checkpoints;
  static constexpr std::size_t unnamed = SIZE_MAX;
  std::size_t batch = 1000, from = 0, to = unnamed, entry = unnamed, size = unnamed, grown_from = unnamed;
  unsigned years = 0;
};

int told(const RegisterOutcome& r) {
  print_reports(r.reports, true);
  return exit_code_of(r);
}

void progress(std::uint64_t done) {
  if (isatty(STDERR_FILENO) != 0) tell("\r{} entries", done);
}

int init(const RegisterOptions& o) {
  OpenRegister r;
  const int code = told(r.create(o.location, o.origin));
  if (code == exit_ok) fmt::print("`{}` is a new register of {}\n", o.location, o.origin);
  return code;
}

/// @returns false after a message
bool read_world(const RegisterOptions& o, std::optional<SourceText>& world) {
  return o.world.empty() || (world = read_file(o.world));
}

/// Events, each checked and in its canonical line; a file with a mistake records nothing. Each batch is told
/// when it is on the disk.
int append(OpenRegister& r, const RegisterOptions& o) {
  if (o.batch == 0) {
    tell("error: a batch holds at least one entry\n");
    return exit_usage;
  }
  const auto file = read_file(o.file);
  if (!file) return exit_files;
  const EventLines read = canonical_events(*file);
  print_reports(read.reports, true);
  if (!read.ok) {
    tell("nothing was recorded\n");
    return exit_wrong;
  }
  AppendOptions options;
  options.batch = o.batch;
  options.file = file->name;
  options.at = read.at;
  if (!read_world(o, options.world)) return exit_files;
  options.told = [](const RecordedBatch& b) {
    fmt::print("recorded {}-{}{}\n", b.first, b.first + b.entries - 1,
               b.proposed == 0
                   ? ""
                   : fmt::format(", {} of them as proposals that another officer confirms", b.proposed));
    std::fflush(stdout);
  };
  const RegisterOutcome done = r.append(read.lines, {o.by, now()}, options);
  if (done.ok && done.number != 0)
    fmt::print("passed over {} that were recorded before, word for word\n", done.number);
  return told(done);
}

/// What of a text is shown where it is long, without cutting a letter.
std::string beginning(const std::string& text) {
  constexpr std::size_t most = 200;  // bytes
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

int waiting(OpenRegister& r, const RegisterOptions& o) {
  std::vector<RecordedDecision> decisions;
  std::vector<WaitingProposal> all;
  const int code = told(r.standing("", decisions, all));
  if (code != exit_ok) return code;
  if (o.format == "json") {
    for (const WaitingProposal& w : all)
      fmt::print("{}\n", to_line(Json{{"entry", w.entry},
                                      {"recorded", w.recorded},
                                      {"by", w.by},
                                      {"kind", w.kind},
                                      {"body", w.body}}));
    return exit_ok;
  }
  for (const WaitingProposal& w : all) {
    fmt::print("{:>8}  {}  {} by {}\n          {}\n", w.entry, w.recorded, w.kind, printable(w.by),
               printable(beginning(w.body)));
  }
  if (all.empty()) fmt::print("nothing waits for a second officer\n");
  return exit_ok;
}

int settled(const RegisterOptions& o, const RegisterOutcome& done, const char* word) {
  if (done.ok) fmt::print("entry {} is {}; entry {} says so\n", o.entry, word, done.number);
  return told(done);
}
int confirm(OpenRegister& r, const RegisterOptions& o) {
  std::optional<SourceText> world;
  if (!read_world(o, world)) return exit_files;
  return settled(o, r.confirm(o.entry, o.reason, {o.by, now()}, world), "confirmed");
}
int reject(OpenRegister& r, const RegisterOptions& o) {
  return settled(o, r.reject(o.entry, o.reason, {o.by, now()}), "rejected");
}

int show(OpenRegister& r, const RegisterOptions& o) {
  if (o.format == "events") {
    const RegisterOutcome events = r.events(o.known_on);
    fmt::print("{}", events.text);
    return told(events);
  }
  return told(r.lines(o.from, o.to, [&](const std::string& line) {
    if (o.format == "json") {
      fmt::print("{}\n", line);
      return true;
    }
    const Json e = read_json(line);
    fmt::print("{:>8}  {}  {:<9} {}{}\n          {}\n", e["sequence"].get<std::uint64_t>(),
               text_at(e, "recorded"), text_at(e, "kind"), text_at(e, "by"),
               e.contains("about") ? fmt::format("  about {}", e["about"].get<std::uint64_t>()) : "",
               e.contains("body") ? text_at(e, "body") : "(disposed of)");
    return true;
  }));
}

int verify(OpenRegister& r, const RegisterOptions& o) {
  std::vector<SourceText> kept;
  for (const std::string& path : o.checkpoints) {
    auto text = read_file(path);
    if (!text) return exit_files;
    kept.push_back(std::move(*text));
  }
  SourceText key;
  if (!o.key.empty()) {
    auto text = read_file(o.key);
    if (!text) return exit_files;
    key = std::move(*text);
  }
  if (!kept.empty() && key.text.empty()) {
    tell("error: a checkpoint is checked with the signer's open key: --key FILE\n");
    return exit_usage;
  }
  const RegisterOutcome v = r.verify(kept, key, progress);
  if (isatty(STDERR_FILENO) != 0) tell("\r");
  if (o.format == "json") fmt::print("{}\n", v.text);
  const int code = told(v);
  if (o.format == "json" || v.text.empty()) return code;
  const Json said = read_json(v.text);
  fmt::print("{} entries, {} disposed of, root {}\n", said["entries"].get<std::uint64_t>(),
             said["disposed"].get<std::uint64_t>(), said["root"].get<std::string>());
  if (v.ok && kept.empty())
    fmt::print("sound in itself; only a checkpoint that somebody kept shows that it was not written anew\n");
  else if (v.ok)
    fmt::print("sound, and as {} had it\n", kept.size() == 1 ? "the checkpoint" : "the checkpoints");
  return code;
}

/// A file that only its owner reads, and that was not there before.
bool write_secret(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    cannot_write(path, std::strerror(errno));
    return false;
  }
  bool whole = write_all(fd, text) && fsync(fd) == 0;
  const int why = errno;
  whole = ::close(fd) == 0 && whole;
  if (whole) return true;
  cannot_write(path, std::strerror(why));
  unlink(path.c_str());  // half a key opens nothing
  return false;
}

int key(const RegisterOptions& o) {
  SigningKeys keys;
  const int code = told(make_signing_keys(o.signer, keys));
  if (code != exit_ok) return code;
  if (!write_secret(o.out, keys.secret + "\n")) return exit_files;
  fmt::print("{}\n", keys.open);
  return exit_ok;
}

int checkpoint(OpenRegister& r, const RegisterOptions& o) {
  const auto secret = read_file(o.key);
  if (!secret) return exit_files;
  const RegisterOutcome c = r.checkpoint(*secret);
  fmt::print("{}", c.text);
  return told(c);
}

int prove(OpenRegister& r, const RegisterOptions& o) {
  const bool entry = o.entry != RegisterOptions::unnamed, growth = o.grown_from != RegisterOptions::unnamed;
  if (entry == growth || o.grown_from == 0) {
    tell("error: {}\n", o.grown_from == 0
                            ? "every register grew from nothing; name a size above zero: --grown-from SIZE"
                            : "name one thing to prove: --entry N, or --grown-from SIZE");
    return exit_usage;
  }
  if (o.size == 0) {
    tell("error: a register of no entries proves nothing; name a size above zero: --size SIZE\n");
    return exit_usage;
  }
  const std::size_t all = 0, size = o.size == RegisterOptions::unnamed ? all : o.size;
  const RegisterOutcome p = growth ? r.prove_growth(o.grown_from, size) : r.prove(o.entry, size);
  if (p.ok) fmt::print("{}\n", p.text);
  return told(p);
}

int retain(OpenRegister& r, const RegisterOptions& o) {
  const RegisterOutcome p = r.retain(o.years, o.reason, {o.by, now()});
  if (p.ok) fmt::print("entry {} proposes it; it holds once another officer confirms it\n", p.number);
  return told(p);
}

int dispose(OpenRegister& r, const RegisterOptions& o) {
  const RegisterOutcome d = r.dispose(o.entry, o.reason, {o.by, now()});
  if (d.ok) fmt::print("the body of entry {} is gone; entry {} says so\n", o.entry, d.number);
  if (!d.text.empty()) tell("warning: files may still hold what it said: {}\n", d.text);
  return told(d);
}

int export_to(OpenRegister& r, const RegisterOptions& o) {
  const RegisterOutcome heading = r.heading();
  int code = told(heading);
  if (code != exit_ok) return code;
  const auto write = [&](std::ostream& out) {
    out << heading.text << '\n';
    std::uint64_t done = 0;
    code = told(r.lines(0, UINT64_MAX, [&](const std::string& line) {
      if (++done % 100'000 == 0) progress(done);
      return static_cast<bool>(out << line << '\n');
    }));
    return code == exit_ok;
  };
  if (o.out == "-") return write(std::cout), code;
  return write_file(o.out, write) || code != exit_ok ? code : exit_files;
}

int import_from(OpenRegister& r, const RegisterOptions& o) {
  std::ifstream file;
  if (o.file != "-") {
    file.open(o.file, std::ios::binary);
    if (!file) {
      cannot_read(o.file, std::strerror(errno));
      return exit_files;
    }
  }
  std::istream& in = o.file == "-" ? std::cin : file;
  int why = 0;
  const RegisterOutcome done = r.import([&](std::string& line) {
    errno = 0;
    if (std::getline(in, line)) return true;
    if (!broken(in)) return false;
    why = errno == 0 ? EIO : errno;
    line.clear();  // no entry reads so: of an export that breaks off nothing is taken
    return true;
  });
  if (why != 0) {
    cannot_read(o.file == "-" ? "standard input" : o.file, std::strerror(why));
    return exit_files;
  }
  if (done.ok) fmt::print("imported {} entries\n", done.number);
  return told(done);
}

void register_option(App* c, RegisterOptions& o) {
  c->add_option("--register", o.location, "a file, or postgresql://… for a server's database")->required();
}
/// A command below `register`.
App* named(App& app, const char* name, const char* about, std::shared_ptr<RegisterOptions>& o,
           std::function<int(const RegisterOptions&)> run, Outcome& outcome) {
  App* c = app.add_subcommand(name, about);
  o = std::make_shared<RegisterOptions>();
  c->callback([options = o, run = std::move(run), &outcome] { outcome.exit_code = run(*options); });
  return c;
}
/// One that opens a register.
App* below(App& app, const char* name, const char* about, std::shared_ptr<RegisterOptions>& o,
           int (*run)(OpenRegister&, const RegisterOptions&), Outcome& outcome) {
  const auto open_and_run = [run](const RegisterOptions& options) {
    OpenRegister r;
    const int code = told(r.open(options.location));
    return code == exit_ok ? run(r, options) : code;
  };
  App* c = named(app, name, about, o, open_and_run, outcome);
  register_option(c, *o);
  return c;
}

/// What is recorded, shown and settled.
void add_recording(App& r, Outcome& outcome) {
  std::shared_ptr<RegisterOptions> o;
  App* c = named(r, "init", "make a new, empty register", o, init, outcome);
  register_option(c, *o);
  c->add_option("--origin", o->origin, "what its checkpoints say they are of")->required();
  c->footer("Example: sekisho register init --register exports.register --origin exports.example");

  c = below(r, "append", "record the events of a file", o, append, outcome);
  c->add_option("file", o->file, "a file of events; `-` reads standard input")->required();
  c->add_option("--by", o->by, "who records them")->required();
  c->add_option("--world", o->world, "parties that bookings name (YAML)");
  c->add_option("--batch", o->batch, "so many entries at once are on the disk or are not (1000)");
  c->footer(
      "Example: sekisho register append examples/patriot/events.jsonl --register exports.register --by "
      "officer_1");

  c = below(r, "show", "the entries", o, show, outcome);
  c->add_option("--from", o->from, "the first (0)");
  c->add_option("--to", o->to, "up to, without this one");
  c->add_option("--known-on", o->known_on, "with events: as known at the end of that day");
  c->add_option("--format", o->format,
                "text, json (a line each), or events: the events that hold, as a file of them")
      ->one_of({"text", "json", "events"});
  c->footer("Example: sekisho register show --register exports.register --from 3");

  c = below(r, "waiting", "proposals that a second officer has to confirm or reject", o, waiting, outcome);
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer("Example: sekisho register waiting --register exports.register");

  const auto settling = [&](const char* name, const char* about,
                            int (*run)(OpenRegister&, const RegisterOptions&)) {
    App* s = below(r, name, about, o, run, outcome);
    s->add_option("--entry", o->entry, "the proposal")->required();
    s->add_option("--by", o->by, "the second officer")->required();
    s->add_option("--reason", o->reason, "why")->required();
    if (run == confirm) s->add_option("--world", o->world, "parties that bookings name (YAML)");
    s->footer(
        fmt::format("Example: sekisho register {} --register exports.register --entry 9 --by officer_2 "
                    "--reason \"seen the waybill\"",
                    name));
  };
  settling("confirm", "a second officer confirms what another proposed: it holds from now on", confirm);
  settling("reject", "a second officer rejects what another proposed", reject);
}

/// What proves it.
void add_proving(App& r, Outcome& outcome) {
  std::shared_ptr<RegisterOptions> o;
  App* c = below(r, "verify", "recompute everything and name what does not fit", o, verify, outcome);
  c->add_option("--checkpoint", o->checkpoints, "a checkpoint that somebody kept");
  c->add_option("--key", o->key, "file with the signer's open key");
  c->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  c->footer("Example: sekisho register verify --register exports.register");

  c = named(r, "key", "make keys for signing checkpoints; prints the open one", o, key, outcome);
  c->add_option("--signer", o->signer, "one word that names the signer")->required();
  c->add_option("--out", o->out, "new file for the secret key, for its owner alone")->required();
  c->footer("Example: sekisho register key --signer exports.example --out exports.secret > exports.key");

  c = below(r, "checkpoint", "sign how long the register is and what it holds", o, checkpoint, outcome);
  c->add_option("--key", o->key, "file with the secret key")->required();
  c->footer(
      "Example: sekisho register checkpoint --register exports.register --key exports.secret > "
      "exports.checkpoint");

  c = below(r, "prove", "that an entry is in the register, or that one state of it grew from another", o,
            prove, outcome);
  c->add_option("--entry", o->entry, "the entry");
  c->add_option("--grown-from", o->grown_from, "the size it had before");
  c->add_option("--size", o->size, "the size it is proved for (all)");
  c->footer("Example: sekisho register prove --register exports.register --entry 3");
}

/// How long it is kept, and copies of it.
void add_keeping(App& r, Outcome& outcome) {
  std::shared_ptr<RegisterOptions> o;
  App* c = below(r, "retain", "propose for how many years entries are kept before `dispose` may take them", o,
                 retain, outcome);
  c->add_option("--years", o->years, "1 to 100, counted from when an entry was recorded")->required();
  c->add_option("--by", o->by, "who proposes it")->required();
  c->add_option("--reason", o->reason, "why, such as the law that asks for it")->required();
  c->footer(
      "Example: sekisho register retain --register exports.register --years 5 --by officer_1 "
      "--reason \"15 CFR 762.6\"");

  c = below(r, "dispose",
            "take what an entry says away for good, once it holds no more; that it was there stays proved", o,
            dispose, outcome);
  c->add_option("--entry", o->entry, "the entry")->required();
  c->add_option("--by", o->by, "who disposes of it")->required();
  c->add_option("--reason", o->reason, "why, such as the end of its retention")->required();
  c->footer(
      "Once a correction was proposed as entry 9 (`register waiting` shows what waits):\n\n"
      "Example: sekisho register reject --register exports.register --entry 9 --by officer_2 --reason "
      "\"another lot\" && \\\n"
      "         sekisho register dispose --register exports.register --entry 9 --by officer_1 --reason "
      "\"retention ended\"");

  c = below(r, "export", "all entries as text, a line each", o, export_to, outcome);
  c->add_option("--out", o->out, "the file; `-` prints it")->required();
  c->footer("Example: sekisho register export --register exports.register --out exports.jsonl");

  c = below(r, "import", "an export into a new register of the same origin", o, import_from, outcome);
  c->add_option("file", o->file, "the export; `-` reads standard input")->required();
  c->footer(
      "Example: sekisho register init --register copy.register --origin exports.example && \\\n"
      "           sekisho register export --register exports.register --out exports.jsonl && \\\n"
      "           sekisho register import exports.jsonl --register copy.register");
}

}  // namespace

void add_register(App& app, Outcome& outcome) {
  App* r = app.add_subcommand("register", "the append-only record: what was done, by whom, and proof of it");
  r->require_subcommand();
  r->footer(
      "Example: sekisho register init --register new.register --origin exports.example && \\\n"
      "         sekisho register append examples/patriot/events.jsonl --register new.register --by "
      "officer_1 && \\\n"
      "         sekisho register verify --register new.register\n"
      "docs/register.md says what is proved.");
  add_recording(*r, outcome);
  add_proving(*r, outcome);
  add_keeping(*r, outcome);
}

}  // namespace sekisho::cli
