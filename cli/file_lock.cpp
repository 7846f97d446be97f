#include "file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sekisho::cli {
bool is_in_place(int file, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(file, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

FileLock::FileLock(const std::string& path) {
  do {
    if (file_ >= 0) close(file_);
    file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) return;
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      other_run_ = errno == EWOULDBLOCK;
      const int why = errno;
      close(std::exchange(file_, -1));
      errno = why;
      return;
    }
  } while (!is_in_place(file_, path));
}

FileLock::~FileLock() {
  if (file_ >= 0) close(file_);
}

FileLock::FileLock(FileLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), other_run_(other.other_run_) {}

}  // namespace sekisho::cli
