#pragma once
#include <sekisho/sekisho.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "json.h"

// Small words that several commands say or read.

namespace sekisho::cli {

/// `a: b` where there is a b.
std::string part(std::string_view before, const std::string& what);
/// `reservation_ends` as two words.
std::string words(std::string name);
/// What was taken to be so though nobody can know it, for all to see. @param way  `yes` or `no`
std::string by_the_reading(const std::string& what, const Json& way);
/// A stop in force, as answers have it.
std::string stop_text(const Json& hold);
/// Whether each that is given is a day of the calendar; after a message false.
bool days_exist(std::initializer_list<std::string> days);
/// That one day lies before another, where both are given. @returns false after a message
bool in_order(const std::string& from, const std::string& to);
/// Whether a regime of that name is in the rulebooks; after a message false.
bool is_regime(const Rulebooks& books, const std::string& name);

}  // namespace sekisho::cli
