#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <type_traits>

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
  friend bool operator==(LargePages, LargePages) { return true; }
};

}  // namespace sekisho
