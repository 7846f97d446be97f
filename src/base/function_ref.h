#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace sekisho {

template <class Signature>
class FunctionRef;

/// A function that is called while the call lasts to which it is given. Unlike `std::function` it keeps
/// nothing, so it takes no memory: what is asked for every key of a text is given so.
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
  requires(!std::is_same_v<F, FunctionRef> && std::is_invocable_r_v<R, const F&, Args...>)
      FunctionRef(const F& f)  // NOLINT(*-explicit-*): it stands for the function
      : function_(std::addressof(f)), call_([](const void* function, Args... args) -> R {
          return (*static_cast<const F*>(function))(std::forward<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(function_, std::forward<Args>(args)...); }

 private:
  const void* function_;
  R (*call_)(const void*, Args...);
};

}  // namespace sekisho
