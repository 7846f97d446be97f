#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

// Memory for vectors of hundreds of megabytes that are read here and there: asked for in pages of two
// megabytes, so that finding a page is not most of the work. Where the system gives none, ordinary ones
// serve.

namespace sekisho {

template <class T>
struct LargePages {
  using value_type = T;
  using is_always_equal = std::true_type;
  static constexpr std::size_t page = std::size_t{1} << 21;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}  // NOLINT(*-explicit-*): allocators are made over to other types

  T* allocate(std::size_t n) {
    if (n > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = n * sizeof(T);
    if (bytes < page) return static_cast<T*>(::operator new(bytes));
    const std::size_t whole = (bytes + page - 1) / page * page;
    void* const at = std::aligned_alloc(page, whole);
    if (at == nullptr) throw std::bad_alloc();
    madvise(at, whole, MADV_HUGEPAGE);  // advice: nothing hangs on it
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t n) {
    if (n * sizeof(T) < page)
      ::operator delete(at);
    else
      std::free(at);
  }
  /// `resize` makes room and fills nothing in: whoever calls it writes every place.
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... From>
  void construct(U* at, From&&... from) {
    ::new (static_cast<void*>(at)) U{std::forward<From>(from)...};
  }
  friend bool operator==(LargePages, LargePages) { return true; }
};

/// Makes room for `n` and takes the memory from the system now, since all of it will be used: else the system
/// would clear one page after the other while they are filled.
template <class T>
void reserve_now(std::vector<T, LargePages<T>>& v, std::size_t n) {
  v.reserve(n);
  char* const at = reinterpret_cast<char*>(v.data()) + v.size() * sizeof(T);
  const auto misaligned = reinterpret_cast<std::uintptr_t>(at) % LargePages<T>::page;
  char* const from = at + (misaligned == 0 ? 0 : LargePages<T>::page - misaligned);
  char* const to = reinterpret_cast<char*>(v.data()) + v.capacity() * sizeof(T);
#ifdef MADV_POPULATE_WRITE
  if (from < to)
    madvise(from, static_cast<std::size_t>(to - from), MADV_POPULATE_WRITE);  // or page by page, later
#else
  static_cast<void>(from < to);
#endif
}

}  // namespace sekisho
