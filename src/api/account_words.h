#pragma once
#include <string>

#include "accounts/book.h"
#include "model/event.h"

namespace sekisho {

/// `10 pieces, 600 USD`; empty where neither is said.
std::string amounts_text(const std::optional<Amount>& quantity, const std::optional<Amount>& value);
/// What an account event did, as a person reads it.
std::string booking_text(const Event& e);

}  // namespace sekisho
