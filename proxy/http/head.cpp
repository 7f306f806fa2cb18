#include "proxy/http/head.hpp"

namespace millrace::http {

method method_of(std::string_view name) noexcept {
    switch (name.size()) {
        case 3:
            return name == "GET" ? method::get : name == "PUT" ? method::put : method::other;
        case 4:
            return name == "POST" ? method::post : name == "HEAD" ? method::head : method::other;
        case 5:
            return name == "PATCH"   ? method::patch
                   : name == "TRACE" ? method::trace
                                     : method::other;
        case 6:
            return name == "DELETE" ? method::del : method::other;
        case 7:
            return name == "OPTIONS"   ? method::options
                   : name == "CONNECT" ? method::connect
                                       : method::other;
        default:
            return method::other;
    }
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
