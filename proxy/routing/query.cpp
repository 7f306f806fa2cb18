#include "proxy/routing/query.hpp"

#include "proxy/base/ascii.hpp"

namespace millrace::routing::query {

std::optional<parameter> next(std::string_view& rest) noexcept {
    if (rest.data() == nullptr) {
        return std::nullopt;
    }
    auto const end = rest.find('&');
    parameter found;
    found.text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    auto const equals_sign = found.text.find('=');
    found.name = found.text.substr(0, equals_sign);
    if (equals_sign != std::string_view::npos) {
        found.value = found.text.substr(equals_sign + 1);
    }
    return found;
}

int decoder::next() noexcept {
    if (rest_.empty()) {
        return -1;
    }
    char const c = rest_.front();
    if (c == '%' && rest_.size() >= 3) {
        int const high = ascii::hex_value(rest_[1]);
        int const low = ascii::hex_value(rest_[2]);
        if (high >= 0 && low >= 0) {
            rest_.remove_prefix(3);
            return high * 16 + low;
        }
    }
    rest_.remove_prefix(1);
    return c == '+' ? ' ' : static_cast<unsigned char>(c);
}

bool same(std::string_view encoded, std::string_view also_encoded) noexcept {
    decoder a{encoded};
    decoder b{also_encoded};
    while (true) {
        int const byte = a.next();
        if (byte != b.next()) {
            return false;
        }
        if (byte < 0) {
            return true;
        }
    }
}

bool starts_with(std::string_view encoded, std::string_view plain) noexcept {
    decoder bytes{encoded};
    for (char const c : plain) {
        if (bytes.next() != static_cast<unsigned char>(c)) {
            return false;
        }
    }
    return true;
}

bool equals(std::string_view encoded, std::string_view plain) noexcept {
    decoder bytes{encoded};
    for (char const c : plain) {
        if (bytes.next() != static_cast<unsigned char>(c)) {
            return false;
        }
    }
    return bytes.next() < 0;
}

std::string decoded(std::string_view encoded) {
    std::string plain;
    plain.reserve(encoded.size());
    decoder bytes{encoded};
    for (int byte = bytes.next(); byte >= 0; byte = bytes.next()) {
        plain += static_cast<char>(byte);
    }
    return plain;
}

}  // namespace millrace::routing::query
