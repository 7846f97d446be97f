#pragma once
#include <sekisho/register.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app.h"

namespace sekisho::cli {

/// What happened: the text of a file of events, or the events of a register.
/// @param location  a file of events, `-` for standard input, a register's file or its `postgresql://`
/// address
/// @param known_on  of a register alone: as known at the end of that day; empty: now
/// @returns nullopt after a message; `exit_code` says which
std::optional<SourceText> read_recorded(const std::string& location, const std::string& known_on,
                                        int& exit_code);

/// The same into a request, and a world where one is named. @returns the exit code: exit_ok or after a
/// message
int read_recorded(const std::string& location, const std::string& known_on, const std::string& world_path,
                  SourceText& events, std::optional<SourceText>& world);

/// What holds in a register.
struct Standing {
  SourceText events;
  std::vector<RecordedDecision> decisions;
  std::vector<WaitingProposal> waiting;
};
/// @param known_on  as of `read_recorded` @returns nullopt after a message; `exit_code` says which
std::optional<Standing> read_standing(const std::string& location, const std::string& known_on,
                                      int& exit_code);
/// Its decisions, to be asked about again.
std::vector<NamedDecision> named(const std::vector<RecordedDecision>& decisions);

/// Whether both are one register, however it is spelled.
bool same_register(const std::string& a, const std::string& b);

/// `--known-on`, of the commands that read it so.
void add_known_on(App& command, std::string& known_on);

/// The clock, as registers count: microseconds since 1970-01-01 UTC.
std::int64_t now();
/// What it means that a register did not do it: its disk or server, or what it was given.
int exit_code_of(const RegisterOutcome& r);

}  // namespace sekisho::cli
