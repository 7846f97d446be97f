#pragma once
#include <sekisho/sekisho.h>

#include <optional>
#include <string>

namespace sekisho::cli {

/// A file of events that nobody else who asks for it may change while this lives: between reading what is
/// left of a limit and writing what takes it, no other writer comes. What it may not protect from is a
/// program that writes without asking.
class EventFile {
 public:
  /// Waits for whoever has it. @returns nullopt after a message
  static std::optional<EventFile> open(const std::string& path);
  ~EventFile();
  EventFile(EventFile&& other) noexcept;
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  /// Everything that stands in it now. @returns nullopt after a message
  std::optional<SourceText> read() const;
  /// Puts one line behind all others, on the disk when this returns; or, after a message, leaves the file as
  /// it was.
  bool append(const std::string& line);

 private:
  EventFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_;
};

}  // namespace sekisho::cli
