#include "batch/finer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <new>
#include <thread>

namespace sekisho {

TEST_CASE("what takes long to make is made once, and nobody waits who asks for something else") {
  MadeOnce<int, int> made;
  std::promise<void> other_is_there;
  std::atomic<int> times{0};
  const auto slowly = [&] {
    return made.of(1, [&] {
      ++times;
      other_is_there.get_future().wait();  // for ever, if the lock were held
      return std::make_shared<const int>(10);
    });
  };
  std::shared_ptr<const int> first, second;
  std::thread a([&] { first = slowly(); });
  while (times == 0) std::this_thread::yield();
  std::thread b([&] { second = slowly(); });
  CHECK(*made.of(2, [] { return std::make_shared<const int>(20); }) == 20);
  other_is_there.set_value();
  a.join();
  b.join();
  CHECK(times == 1);
  CHECK(first == second);
  CHECK(made.all().size() == 2);
}

TEST_CASE("what could not be made for want of memory is made anew for who asks later") {
  MadeOnce<int, int> made;
  std::promise<void> asked;
  std::atomic<int> times{0};
  std::thread first([&] {
    CHECK_THROWS_AS(made.of(1,
                            [&]() -> std::shared_ptr<const int> {
                              ++times;
                              asked.get_future().wait();
                              throw std::bad_alloc();
                            }),
                    std::bad_alloc);
  });
  while (times == 0) std::this_thread::yield();
  std::thread waits([&] {
    try {  // it hears of the failure, or asks when that is over
      made.of(1, [] { return std::make_shared<const int>(10); });
    } catch (const std::bad_alloc&) {
    }
  });
  asked.set_value();
  first.join();
  waits.join();
  CHECK(*made.of(1, [] { return std::make_shared<const int>(10); }) == 10);
  CHECK(made.all().size() == 1);
}

TEST_CASE("what is forgotten lives on where it is held, and is made anew for who asks again") {
  MadeOnce<int, int> made(2);
  const auto make = [](int i) { return [i] { return std::make_shared<const int>(i); }; };
  const auto held = made.of(1, make(1));
  made.of(2, make(2));
  CHECK(made.of(1, make(1)) == held);
  made.of(3, make(3));
  CHECK(*held == 1);
  CHECK(made.of(1, make(1)) != held);
}

}  // namespace sekisho
