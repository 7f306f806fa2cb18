#include "proxy/http/head.hpp"

#include <array>
#include <utility>

namespace millrace::http {

method method_of(std::string_view name) noexcept {
    using entry = std::pair<std::string_view, method>;
    // By how often they come; comparing starts with the lengths.
    constexpr std::array known{
        entry{"POST", method::post},
        entry{"GET", method::get},
        entry{"HEAD", method::head},
        entry{"OPTIONS", method::options},
        entry{"PUT", method::put},
        entry{"PATCH", method::patch},
        entry{"DELETE", method::del},
        entry{"CONNECT", method::connect},
        entry{"TRACE", method::trace},
    };
    for (auto const& [text, value] : known) {
        if (name == text) {
            return value;
        }
    }
    return method::other;
}

std::string_view value_of(const std::vector<field>& fields, field_id id) noexcept {
    for (auto const& field : fields) {
        if (field.id == id) {
            return field.value;
        }
    }
    return {};
}

}  // namespace millrace::http
