#include "event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "file_lock.h"
#include "files.h"
#include "tell.h"

namespace sekisho::cli {

std::optional<EventFile> EventFile::open(const std::string& path) {
  for (;;) {
    const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    if (file < 0) {
      const int why = errno;
      (access(path.c_str(), R_OK) == 0 ? cannot_write : cannot_read)(path, std::strerror(why));
      return std::nullopt;
    }
    EventFile opened(path, file);
    int locked = 0;
    do locked = flock(file, LOCK_EX);
    while (locked != 0 && errno == EINTR);
    if (locked != 0) {
      cannot_write(path, std::strerror(errno));
      return std::nullopt;
    }
    if (is_in_place(file, path)) return opened;
  }
}

EventFile::~EventFile() {
  if (file_ >= 0) close(file_);  // and with it the lock
}
EventFile::EventFile(EventFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

std::optional<SourceText> EventFile::read() const {
  SourceText out{path_, {}};
  std::string part(1 << 16, '\0');
  for (off_t at = 0;;) {
    const ssize_t n = pread(file_, part.data(), part.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      cannot_read(path_, std::strerror(errno));
      return std::nullopt;
    }
    if (n == 0) return out;
    out.text.append(part, 0, static_cast<std::size_t>(n));
    at += n;
  }
}

bool EventFile::append(const std::string& line) {
  struct stat before {};
  char last = '\n';
  bool done = fstat(file_, &before) == 0;
  if (done && before.st_size > 0) done = pread(file_, &last, 1, before.st_size - 1) == 1;
  // Whoever wrote the last line by hand may have left out its end.
  const std::string text = (last == '\n' ? "" : "\n") + line + "\n";
  if (done && write_all(file_, text) && fsync(file_) == 0) return true;
  cannot_write(path_, std::strerror(errno));
  if (done && ftruncate(file_, before.st_size) != 0)
    tell("   a part of the line may stand at the end of `{}`: delete it\n", path_);
  return false;
}

}  // namespace sekisho::cli
