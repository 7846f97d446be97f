#pragma once
#include <string>
#include <string_view>

namespace sekisho {

/// The namespace of what our events know and EPCIS has no field for, and of names that are no URIs.
inline constexpr std::string_view sekisho_namespace = "https://sekisho.example/epcis/";

/// A name as EPCIS wants it, a URI: itself where it is one in its one spelling, else
/// `<namespace><kind>/<name>`.
std::string epcis_uri(std::string_view kind, std::string_view name);
/// The name that such a URI says; any other URI in its one spelling is its own name.
std::string epcis_name(std::string_view kind, std::string_view uri);

}  // namespace sekisho
