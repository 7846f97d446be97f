#pragma once
#include <sekisho/sekisho.h>

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::cli {

inline constexpr int exit_ok = 0;         // an answer, whatever it is
inline constexpr int exit_wrong = 1;      // a rulebook, world or transfer is wrong
inline constexpr int exit_usage = 2;      // the command was
inline constexpr int exit_files = 3;      // a file cannot be read or written
inline constexpr int exit_too_much = 4;   // the law needs more nodes or memory than is allowed
inline constexpr int exit_stopped = 130;  // stopped by Ctrl-C; nothing is broken

void cannot_read(const std::string& path, const std::string& why);   // SK5001
void cannot_write(const std::string& path, const std::string& why);  // SK5002

/// What it means that there is no answer: the law needs more than is allowed, or what was given is wrong.
int exit_code_of(const std::vector<Report>& reports);

/// Whether reading ended before the end. The C library keeps that to itself where standard input is read.
bool broken(const std::istream& in);
/// Puts up to `most` bytes behind a text. @returns false, and `errno` says why, if the stream broke
bool read_on(std::istream& in, std::string& text, std::size_t most);
/// @returns false, and `errno` says why, if not all of it was written
bool write_all(int file, std::string_view text);

/// A file's text; after a message on stderr nullopt. `-` is standard input.
std::optional<SourceText> read_file(const std::string& path);
/// Where a file of that name is written: what a link leads to. @returns nullopt after a message where
/// something stands that is no regular file, or a register
std::optional<std::string> file_place(const std::string& named);
/// Puts what was written beside a file in its place, with its mode, once it is on the disk. @returns false
/// after a message
bool take_place(const std::string& beside, const std::string& place);
/// Writes a file whole or not at all: beside it first, then in its place.
bool write_file(const std::string& path, const std::string& text);
/// The same, in pieces. @param write  false: it failed and said why; nothing is left
bool write_file(const std::string& path, const std::function<bool(std::ostream&)>& write);
/// Whether two paths lead to one file, whether it is there yet or not.
bool same_file(const std::string& a, const std::string& b);
/// The names of the `.law` files under the paths (folders are searched), in order of name; after a message
/// nullopt.
std::optional<std::vector<std::string>> rulebook_files(const std::vector<std::string>& paths);
/// Their texts.
std::optional<std::vector<SourceText>> read_rulebooks(const std::vector<std::string>& paths);

/// The order of variables kept in the folder of the rulebooks, if they are one folder and have one; of none
/// the one that the shipped ones have.
std::optional<SourceText> order_beside(const std::vector<std::string>& paths);

/// The rulebooks of a command: the shipped ones, or those of `--rules`, with drafts laid over.
struct RulebookOptions {
  std::vector<std::string> rules;
  std::vector<std::string> drafts;
};
/// @returns nullopt, after messages, if they cannot be read or have errors; `exit_code` says which
std::optional<Rulebooks> load(const RulebookOptions& options, int& exit_code);

void print_reports(const std::vector<Report>& reports, bool with_warnings);
std::string reports_json(const std::vector<Report>& reports);

}  // namespace sekisho::cli
