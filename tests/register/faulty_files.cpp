#include "register/faulty_files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

namespace sekisho::test {
namespace {

/// How a file was before one write, or before its end was cut off.
struct Undo {
  std::string path;
  sqlite3_int64 offset = 0;
  std::string before;      // may be shorter than what was written: the file ended
  sqlite3_int64 size = 0;  // of the file before
};

struct State {
  Faults faults;
  unsigned operations = 0;
  bool dead = false;  // the power is gone
  bool lying = false;
  std::vector<Undo> unsynced;
};
State state;

struct File {
  sqlite3_file base;
  const char* path;
  sqlite3_file* real;
};
File* faulty(sqlite3_file* f) {
  return reinterpret_cast<File*>(f);
}
sqlite3_file* real(sqlite3_file* f) {
  return faulty(f)->real;
}
bool remembered(sqlite3_file* f) {
  return faulty(f)->path != nullptr;
}

/// Whether this operation is the one that fails.
bool fails_now() {
  return ++state.operations == state.faults.at;
}

void remember(sqlite3_file* f, sqlite3_int64 offset, sqlite3_int64 length) {
  if (!remembered(f)) return;
  Undo u;
  u.path = faulty(f)->path;
  u.offset = offset;
  real(f)->pMethods->xFileSize(real(f), &u.size);
  const sqlite3_int64 there = std::clamp<sqlite3_int64>(u.size - offset, 0, length);
  u.before.resize(static_cast<std::size_t>(there));
  if (there > 0) real(f)->pMethods->xRead(real(f), u.before.data(), static_cast<int>(there), offset);
  state.unsynced.push_back(std::move(u));
}

int on_close(sqlite3_file* f) {
  const int got = real(f)->pMethods->xClose(real(f));
  return got;
}
int on_read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, n, at);
}
int on_write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  if (state.dead) return SQLITE_IOERR_WRITE;
  const bool now = fails_now();
  if (now && state.faults.kind == Fault::no_space) return SQLITE_FULL;
  if (now && state.faults.kind == Fault::io_error) return SQLITE_IOERR_WRITE;
  remember(f, at, n);
  if (now && state.faults.kind == Fault::short_write) {
    real(f)->pMethods->xWrite(real(f), from, n / 2, at);
    return SQLITE_IOERR_WRITE;
  }
  if (now && state.faults.kind == Fault::power_cut) {
    real(f)->pMethods->xWrite(real(f), from, n / 2, at);
    state.dead = true;
    return SQLITE_IOERR_WRITE;
  }
  return real(f)->pMethods->xWrite(real(f), from, n, at);
}
int on_truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (state.dead) return SQLITE_IOERR_TRUNCATE;
  if (fails_now() && state.faults.kind != Fault::none && state.faults.kind != Fault::lost_sync) {
    if (state.faults.kind == Fault::power_cut) state.dead = true;
    return SQLITE_IOERR_TRUNCATE;
  }
  sqlite3_int64 before = 0;
  real(f)->pMethods->xFileSize(real(f), &before);
  if (before > size) remember(f, size, before - size);
  return real(f)->pMethods->xTruncate(real(f), size);
}
int on_sync(sqlite3_file* f, int flags) {
  if (state.dead) return SQLITE_IOERR_FSYNC;
  const bool now = fails_now();
  if (now && state.faults.kind == Fault::power_cut) {
    state.dead = true;
    return SQLITE_IOERR_FSYNC;
  }
  if (now && (state.faults.kind == Fault::io_error || state.faults.kind == Fault::no_space ||
              state.faults.kind == Fault::short_write))
    return SQLITE_IOERR_FSYNC;
  if (now && state.faults.kind == Fault::lost_sync) state.lying = true;
  if (state.lying) return SQLITE_OK;  // from the first lie on
  if (remembered(f)) std::erase_if(state.unsynced, [&](const Undo& u) { return u.path == faulty(f)->path; });
  (void)flags;  // nothing here survives a real loss of power, nor has to
  return SQLITE_OK;
}
int on_size(sqlite3_file* f, sqlite3_int64* n) {
  return real(f)->pMethods->xFileSize(real(f), n);
}
int on_lock(sqlite3_file* f, int l) {
  return real(f)->pMethods->xLock(real(f), l);
}
int on_unlock(sqlite3_file* f, int l) {
  return real(f)->pMethods->xUnlock(real(f), l);
}
int on_reserved(sqlite3_file* f, int* r) {
  return real(f)->pMethods->xCheckReservedLock(real(f), r);
}
int on_control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int on_sector(sqlite3_file* f) {
  return real(f)->pMethods->xSectorSize(real(f));
}
int on_device(sqlite3_file*) {
  return 0;  // promises nothing
}
int on_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** at) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, at);
}
int on_shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void on_shm_barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}
int on_shm_unmap(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

const sqlite3_io_methods methods{2,         on_close,   on_read,     on_write,       on_truncate,  on_sync,
                                 on_size,   on_lock,    on_unlock,   on_reserved,    on_control,   on_sector,
                                 on_device, on_shm_map, on_shm_lock, on_shm_barrier, on_shm_unmap, nullptr,
                                 nullptr};

sqlite3_vfs* system_files = nullptr;

int on_open(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* got) {
  File* file = faulty(f);
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  file->path = path;  // SQLite keeps it as long as the file is open
  const int done = system_files->xOpen(system_files, path, file->real, flags, got);
  f->pMethods = file->real->pMethods != nullptr ? &methods : nullptr;
  return done;
}
int on_delete(sqlite3_vfs*, const char* path, int sync) {
  if (state.dead) return SQLITE_IOERR_DELETE;
  return system_files->xDelete(system_files, path, sync);
}

void undo(const Undo& u) {
  const int fd = ::open(u.path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::pwrite(fd, u.before.data(), u.before.size(), u.offset) < 0 || ::ftruncate(fd, u.size) != 0)
    std::abort();
  ::close(fd);
}

}  // namespace

const std::string& faulty_files() {
  static const std::string name = [] {
    system_files = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs layer = *system_files;
    layer.zName = "faulty";
    layer.szOsFile = static_cast<int>(sizeof(File)) + system_files->szOsFile;
    layer.pNext = nullptr;
    layer.xOpen = on_open;
    layer.xDelete = on_delete;
    sqlite3_vfs_register(&layer, 0);
    return std::string("faulty");
  }();
  return name;
}

void arm(const Faults& f) {
  state = {};
  state.faults = f;
}
unsigned operations() {
  return state.operations;
}
void cut_power() {
  // The latest first. A write that survives below one that does not is what a disk may do.
  std::uint64_t dice = state.faults.dice | 1;
  for (auto u = state.unsynced.rbegin(); u != state.unsynced.rend(); ++u) {
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    if (state.faults.dice == 0 || (dice & 1) != 0) undo(*u);
  }
}
void disarm() {
  state = {};
}

}  // namespace sekisho::test
