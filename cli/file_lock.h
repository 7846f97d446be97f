#pragma once
#include <string>

namespace sekisho::cli {

/// Whether a path still leads to the open file: nobody put another in its place while a lock was awaited.
bool is_in_place(int file, const std::string& path);

/// Holds a file for one run, for as long as it lives or until the process ends. The file is made if need be.
class FileLock {
 public:
  /// @fails see `held`
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

  bool held() const { return file_ >= 0 && !other_run_; }
  /// Another run holds the file; else `errno` of the construction says what failed.
  bool other_run() const { return other_run_; }

 private:
  int file_ = -1;
  bool other_run_ = false;
};

}  // namespace sekisho::cli
