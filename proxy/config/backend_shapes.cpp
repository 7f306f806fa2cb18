#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

namespace {

using routing::backend_limits;
using routing::backend_params;
using routing::timeout_params;
using std::chrono::milliseconds;

/// A key of which only one value is built, so that nothing remembers it.
class fixed_choice_shape final : public shape<backend_params> {
 public:
    explicit fixed_choice_shape(shape_ptr<std::string> names, std::string shown_as)
        : names_{std::move(names)}, shown_as_{std::move(shown_as)} {}

    void read(reader& in, const node& from, backend_params& /*to*/) const override {
        std::string ignored;
        names_->read(in, from, ignored);
    }

    [[nodiscard]] json::value write(const backend_params& /*from*/) const override {
        return json::string(shown_as_);
    }

    [[nodiscard]] json::object schema() const override { return names_->schema(); }

    [[nodiscard]] shape_info info() const override { return names_->info(); }

 private:
    shape_ptr<std::string> names_;
    std::string shown_as_;
};

shape_ptr<backend_params> fixed(
    std::vector<std::pair<std::string, std::string>> names, std::vector<std::string> later
) {
    auto shown_as = names.front().first;
    return std::make_shared<fixed_choice_shape>(
        choice<std::string>(std::move(names), std::move(later)), std::move(shown_as)
    );
}

shape_ptr<timeout_params> timeouts_shape() {
    return object<timeout_params>()
        .field(
            "connect",
            &timeout_params::connect,
            duration<milliseconds>(),
            "Until the upstream accepted the connection, then 504; 0: no limit."
        )
        .field(
            "first_byte",
            &timeout_params::first_byte,
            duration<milliseconds>(),
            "From the end of the request to the answer's first byte, then 504; 0: no limit."
        )
        .field(
            "idle",
            &timeout_params::idle,
            duration<milliseconds>(),
            "Between two reads of the answer's body, or in a tunnel; 0: no limit."
        )
        .field(
            "total",
            &timeout_params::total,
            duration<milliseconds>(),
            "From the request's head to the end of the answer; 0: no limit."
        )
        .build();
}

shape_ptr<backend_limits> limits_shape() {
    return object<backend_limits>()
        .field(
            "connections_max",
            &backend_limits::connections_max,
            integer<std::uint32_t>({1, 1'000'000}),
            "Connections of the whole process to all endpoints together; one more is answered 503."
        )
        .field(
            "idle_connections_max",
            &backend_limits::idle_connections_max,
            integer<std::uint32_t>({0, 1'000'000}),
            "Idle connections that each worker keeps."
        )
        .field(
            "idle_timeout",
            &backend_limits::idle_timeout,
            duration<milliseconds>(),
            "How long an idle connection is kept: below what the upstream announces."
        )
        .build();
}

void add_message_keys(object<backend_params>& backend) {
    backend
        .field(
            "request_headers",
            &backend_params::request_headers,
            header_edits_shape(),
            "Changes to requests that go to this backend."
        )
        .field(
            "response_headers",
            &backend_params::response_headers,
            header_edits_shape(),
            "Changes to answers that come from this backend."
        )
        .field(
            "protocol",
            whole,
            fixed(
                {{"none", ""}},
                {"wml_predictions",
                 "watsonx_text",
                 "watsonx_chat",
                 "wml_ai_service",
                 "openai",
                 "kserve_v1",
                 "open_inference_v2"}
            ),
            "The protocol of the bodies."
        );
}

void add_later_keys(object<backend_params>& backend) {
    backend.later("health", "Active health checks.")
        .later("outlier_ejection", "Ejection of failing endpoints.")
        .later("credentials", "Tokens for the upstream.")
        .later("tls", "Verification and client certificates.")
        .later("proxy_protocol", "The client's address in a PROXY protocol header.");
}

}  // namespace

shape_ptr<backend_params> backend_shape() {
    object<backend_params> backend;
    backend
        .field(
            "url",
            whole,
            url_shape(),
            "The endpoint: http://HOST[:PORT][/PATH][?QUERY]. The path replaces what the route "
            "matched, the query's parameters replace the client's."
        )
        .field("urls", whole, urls_shape(), "Several endpoints with the same path and query.")
        .exactly_one_of({"url", "urls"})
        .field(
            "preserve_host",
            &backend_params::preserve_host,
            boolean(),
            "Send the client's Host instead of the URL's."
        )
        .field(
            "http", whole, fixed({{"auto", ""}, {"h1", ""}}, {"h2", "h2c"}), "How to speak to it."
        )
        .field(
            "timeouts",
            &backend_params::timeouts,
            timeouts_shape(),
            "How long the phases of an exchange may take."
        )
        .field("limits", &backend_params::limits, limits_shape(), "Connections to the backend.");
    add_message_keys(backend);
    add_later_keys(backend);
    return backend.build();
}

}  // namespace millrace::config
