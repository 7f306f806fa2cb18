#include "proxy/config/address.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/url.hpp"
#include "proxy/config/wording.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

using routing::backend_params;

constexpr const char* url_pattern = "^[hH][tT][tT][pP]://[^/?#@]+(/[^?#]*)?([?][^#]*)?$";
constexpr std::size_t endpoints_max = 256;

/// Reports what is wrong; the URL itself is never shown, because it may hold a password.
std::optional<url_parts> read_url(reader& in, const node& from) {
    if (from.kind != node::kind::text) {
        in.fail(from, "expected a URL such as http://127.0.0.1:9001/path, got " + kind_name(from));
        return std::nullopt;
    }
    auto parsed = parse_url(from.text);
    if (!parsed.parts) {
        in.fail(from, "expected a URL such as http://127.0.0.1:9001/path, got " + parsed.problem);
    }
    return std::move(parsed.parts);
}

/// The query with the values of parameters that look like secrets masked.
std::string masked_query(std::string_view query) {
    std::string out;
    while (!query.empty()) {
        auto const parameter = query.substr(0, query.find('&'));
        auto const name = parameter.substr(0, parameter.find('='));
        out += out.empty() ? "?" : "&";
        out += is_sensitive_name(name) ? std::string{name} + "=" + std::string{mask}
                                       : std::string{parameter};
        query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    }
    return out;
}

json::string written(const backend_params& from, const routing::endpoint_params& endpoint) {
    return json::string(
        "http://" + endpoint.authority + from.url_path + masked_query(from.url_query)
    );
}

json::object url_schema() {
    return {{"type", "string"}, {"pattern", url_pattern}};
}

void add_endpoint(url_parts parts, backend_params& to) {
    to.endpoints.push_back({std::move(parts.host), parts.port, std::move(parts.authority)});
}

class single_shape final : public shape<backend_params> {
 public:
    void read(reader& in, const node& from, backend_params& to) const override {
        if (auto parts = read_url(in, from)) {
            to.endpoints.clear();
            to.url_path = parts->path;
            to.url_query = parts->query;
            add_endpoint(std::move(*parts), to);
        }
    }

    [[nodiscard]] json::value write(const backend_params& from) const override {
        return from.endpoints.size() == 1 ? json::value(written(from, from.endpoints.front()))
                                          : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return url_schema(); }

    [[nodiscard]] shape_info info() const override { return {"URL", ""}; }
};

class several_shape final : public shape<backend_params> {
 public:
    void read(reader& in, const node& from, backend_params& to) const override {
        if (!check_list(in, from, {1, endpoints_max})) {
            return;
        }
        to.endpoints.clear();
        for (std::size_t i = 0; i < from.items.size(); ++i) {
            reader::scope const inside{in, i};
            auto parts = read_url(in, *from.items[i]);
            if (!parts) {
                continue;
            }
            if (to.endpoints.empty()) {
                to.url_path = parts->path;
                to.url_query = parts->query;
            } else if (parts->path != to.url_path || parts->query != to.url_query) {
                in.fail(
                    *from.items[i],
                    "expected the path and query of the other urls, got different ones"
                );
            }
            add_endpoint(std::move(*parts), to);
        }
    }

    [[nodiscard]] json::value write(const backend_params& from) const override {
        if (from.endpoints.size() < 2) {
            return nullptr;
        }
        json::array out;
        for (auto const& endpoint : from.endpoints) {
            out.push_back(written(from, endpoint));
        }
        return out;
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "array"},
            {"items", url_schema()},
            {"minItems", 1},
            {"maxItems", endpoints_max}};
    }

    [[nodiscard]] shape_info info() const override { return {"list of URL", ""}; }
};

}  // namespace

shape_ptr<backend_params> url_shape() {
    return std::make_shared<single_shape>();
}

shape_ptr<backend_params> urls_shape() {
    return std::make_shared<several_shape>();
}

}  // namespace millrace::config
