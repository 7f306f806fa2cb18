#include "proxy/config/address.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

namespace millrace::config {

namespace {

using server::forwarding_params;
using server::listener_limits;
using server::listener_params;
using server::listener_timeouts;

class bind_shape final : public shape<listener_params> {
 public:
    void read(reader& in, const node& from, listener_params& to) const override {
        auto const parsed =
            from.kind == node::kind::text ? parse_host_port(from.text) : std::nullopt;
        if (parsed && (is_ipv4(parsed->host) || is_ipv6(parsed->host))) {
            to.address = parsed->host;
            to.port = parsed->port;
            return;
        }
        auto const nearest_form =
            parsed && is_loopback(parsed->host) ? address_text({"127.0.0.1", parsed->port}) : "";
        in.fail(
            from,
            "expected an address and a port such as 0.0.0.0:8080 or [::1]:8080, got " + shown(from),
            nearest_form
        );
    }

    [[nodiscard]] json::value write(const listener_params& from) const override {
        return json::string(address_text({from.address, from.port}));
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "string"},
            {"pattern", "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$"}};
    }

    [[nodiscard]] shape_info info() const override { return {"ADDRESS:PORT", ""}; }
};

shape_ptr<listener_limits> limits_shape() {
    return object<listener_limits>()
        .field(
            "connections_max",
            &listener_limits::connections_max,
            integer<std::uint32_t>({1, 10'000'000}),
            "Connections of all listeners together; one more is answered 503."
        )
        .field(
            "requests_per_connection_max",
            &listener_limits::requests_per_connection_max,
            integer<std::uint32_t>({0, 1'000'000'000}),
            "Requests after which a connection is closed; 0: no limit."
        )
        .field(
            "request_line_bytes_max",
            &listener_limits::request_line_bytes_max,
            bytes<std::uint32_t>({64, 65'536}),
            "A longer request line is answered 414."
        )
        .field(
            "header_bytes_max",
            &listener_limits::header_bytes_max,
            bytes<std::uint32_t>({256, 131'072}),
            "A longer head, request line included, is answered 431."
        )
        .field(
            "header_count_max",
            &listener_limits::header_count_max,
            integer<std::uint32_t>({1, 1'024}),
            "More header fields are answered 431."
        )
        .field(
            "body_bytes_max",
            &listener_limits::body_bytes_max,
            bytes<std::uint64_t>({0, 1ULL << 50U}),
            "A longer request body is answered 413; 0: no limit."
        )
        .build();
}

shape_ptr<listener_timeouts> timeouts_shape() {
    return object<listener_timeouts>()
        .field(
            "keep_alive",
            &listener_timeouts::keep_alive,
            duration<std::chrono::milliseconds>(),
            "Between two requests of a connection; 0: no limit."
        )
        .field(
            "header",
            &listener_timeouts::header,
            duration<std::chrono::milliseconds>(),
            "From a request's first byte to the end of its head, then 408; 0: no limit."
        )
        .field(
            "body",
            &listener_timeouts::body,
            duration<std::chrono::milliseconds>(),
            "Between two reads of a request's body, then 408; 0: no limit."
        )
        .field(
            "write",
            &listener_timeouts::write,
            duration<std::chrono::milliseconds>(),
            "Until the client takes some more of the answer; 0: no limit."
        )
        .build();
}

std::optional<std::string> network_problem(std::string_view text) {
    if (is_network(std::string{text})) {
        return std::nullopt;
    }
    return in_quotes(text);
}

shape_ptr<forwarding_params> forwarding_shape() {
    text_rules network;
    network.type = "network";
    network.expected = "an address or a network such as 10.0.0.0/8";
    network.pattern = "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$";
    network.check = network_problem;
    return object<forwarding_params>()
        .field(
            "trusted_proxies",
            &forwarding_params::trusted_proxies,
            list(text(network), {0, 1'000}),
            "Proxies in front whose forwarding fields are kept; those of others are removed."
        )
        .field(
            "x_forwarded",
            &forwarding_params::x_forwarded,
            boolean(),
            "Send X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host to the backend."
        )
        .field(
            "forwarded",
            &forwarding_params::forwarded,
            boolean(),
            "Send Forwarded (RFC 7239) to the backend."
        )
        .field("via", &forwarding_params::via, boolean(), "Send Via (RFC 9110 7.6.3) both ways.")
        .build();
}

}  // namespace

shape_ptr<listener_params> listener_bind_shape() {
    return std::make_shared<bind_shape>();
}

shape_ptr<listener_params> listener_shape() {
    return object<listener_params>()
        .required(
            "bind",
            whole,
            listener_bind_shape(),
            "Where to listen; port 0: any free one, the log says which."
        )
        .field("limits", &listener_params::limits, limits_shape(), "What a downstream may cost.")
        .field(
            "timeouts",
            &listener_params::timeouts,
            timeouts_shape(),
            "How long a downstream may keep the gateway waiting."
        )
        .field(
            "forwarding",
            &listener_params::forwarding,
            forwarding_shape(),
            "Which forwarding fields are believed, and which are sent."
        )
        .later("tls", "Certificates and client authentication.")
        .later("proxy_protocol", "The client's address from a PROXY protocol header.")
        .build();
}

}  // namespace millrace::config
