#include "api/order.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sekisho;

namespace {

// Pairs of flags that are asked together, and a regime that speaks of all first flags before all second ones.
const SourceText law{
    "pairs.law", [] {
      std::string t = "authority x.office of XK \"x\"\n\n";
      for (const char* half : {"a", "b"})
        for (int i = 0; i < 6; ++i)
          t += "fact " + std::string(half) + std::to_string(i) + " is yes or no\n  asks \"?\"\n";
      t += "\nregime x.r \"x\"\n  authority x.office\n  force statute\n  in force always\n"
           "  governs when a0 or a1 or a2 or a3 or a4 or a5\n  otherwise permitted\n"
           "  unlinked opposites strictest prevails\n    cite \"x\"\n  cite \"x\"\n";
      for (int i = 0; i < 6; ++i)
        t += "\nrule r" + std::to_string(i) + "\n  in force always\n  cite \"x\"\n  prohibits when a" +
             std::to_string(i) + " and b" + std::to_string(i) + "\n";
      return t;
    }()};

std::size_t nodes(const std::string& order_json) {
  std::size_t sum = 0;
  for (std::size_t at = 0; (at = order_json.find("\"nodes\": ", at)) != std::string::npos;)
    sum += static_cast<std::size_t>(std::stoul(order_json.substr(at += 9)));
  return sum;
}

}  // namespace

TEST_CASE("a better order is found, and kept for the texts that it was found for and no others") {
  const Rulebooks plain({law});
  REQUIRE(plain.ok());
  const SourceText order{"variables.order", plain.find_order(200).text};
  CHECK(plain.find_order(200).text == order.text);

  const Rulebooks kept({law}, order);
  CHECK(kept.order("", "").text.find("\"order\": \"kept\"") != std::string::npos);
  CHECK(nodes(kept.order("", "").text) < nodes(plain.order("", "").text) / 2);
  const SourceText draft{"draft.law", "fact later is yes or no\n  asks \"?\"\n"};
  CHECK(Rulebooks({law, draft}, order).order("", "").text.find("\"order\": \"kept\"") != std::string::npos);

  const SourceText changed{law.name, law.text + "\n"};
  const Rulebooks other({changed}, order);
  CHECK(other.order("", "").text.find("kept for other texts") != std::string::npos);
  CHECK(nodes(other.order("", "").text) == nodes(plain.order("", "").text));
  CHECK(plain.order("x.none", "").reports.front().code == "SK3013");
  CHECK(plain.order("", "2023-02-30").reports.front().code == "SK3012");
}

TEST_CASE("an order is what its file names, whatever else stands in it") {
  const std::vector<SourceText> none;
  CHECK(kept_order("", none).empty());
  CHECK(kept_order("asks b\nnoise\nasks a is b\n", none) == std::vector<std::string>{"b", "a is b"});
  CHECK(kept_order("of 0123456789abcdef gone.law\nasks b\n", none).empty());
  CHECK(kept_order("of \nasks b\n", none).empty());
}

TEST_CASE("a search for an order that finds none does not send to a search for an order") {
  Diagnostics met, told;
  met.emit(code::too_many_nodes, TextSpan{}, 4)
      .note("it happened in x.r")
      .fix("keep an order that `law order --find` finds, or let fewer facts be told apart");
  tell_of_search(met, told);
  REQUIRE(told.all().size() == 1);
  CHECK(told.all().front().notes.front().text == "it happened in x.r");
  CHECK(told.all().front().fixes.front().text.find("--find") == std::string::npos);
}
