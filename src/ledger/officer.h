#pragma once
#include <optional>
#include <string>
#include <string_view>

// Names of officers. Four eyes are worth as much as the telling apart of two names: `q`, `Q` and a `q` with
// a blank, a full-width letter or an invisible character about it must be one officer. Names are refused
// where their look does not tell them apart, and compared without regard to case.
//
// Not told apart from others by this: letters of another script that look alike (a Cyrillic `а`). Whoever may
// record lets nobody choose their own name.

namespace sekisho {

/// Why a name cannot stand for an officer; nothing where it can.
std::optional<std::string> name_flaw(std::string_view name);

/// Whether nothing of the name is seen.
bool names_nobody(std::string_view name);
/// Whether a reason has nothing that is seen, which is no reason.
bool says_nothing(std::string_view reason);

/// Whether both stand for one officer: case, blanks, full-width forms and invisible characters make no
/// second one. Earlier programs recorded names that `name_flaw` refuses.
bool same_officer(std::string_view a, std::string_view b);

}  // namespace sekisho
