#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sekisho {

/// What a GS1 Digital Link URI names: a key such as `01` (a trade item) or `00` (a logistic unit) and, where
/// it goes finer, one qualifier such as `21` (a serial number) or `10` (a lot).
struct DigitalLink {
  std::string key, value, qualifier, qualifier_value;
  std::string uri() const;
  /// Of a trade item whose number ends in a wrong check digit, the number with the right one.
  std::optional<std::string> mended_gtin() const;
};

/// Reads an EPC URN (`urn:epc:id:`, `urn:epc:class:`, `urn:epc:idpat:`) or a GS1 Digital Link of any domain,
/// with numbers or short names of keys. Of a link only the finest level that names goods, a place or a party
/// is kept.
/// @returns nullopt for any other URI
/// @source  GS1 EPC Tag Data Standard (URNs and check digits); GS1 Digital Link: URI Syntax
std::optional<DigitalLink> read_digital_link(std::string_view uri);

/// The one spelling of a URI: the canonical Digital Link on `id.gs1.org` if it is one, else the URI as it
/// stands.
std::string canonical_uri(std::string_view uri);

}  // namespace sekisho
