#pragma once

#include "proxy/config/configuration.hpp"
#include "proxy/config/shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The description of the whole language: every key with its type, unit, default, range and
/// meaning, bound to the member that it fills. The loader, the JSON Schema, the key reference and
/// the dump are all made from it.
namespace millrace::config {

/// The document. Made once; any thread.
[[nodiscard]] const shape<configuration>& root_shape();

// Its parts, one source file per part: root_shape.cpp, listener_shapes.cpp, backend_shapes.cpp,
// match_shapes.cpp, route_shapes.cpp, rollout_shapes.cpp, guardrail_shapes.cpp, header_shapes.cpp.

[[nodiscard]] shape_ptr<server::listener_params> listener_shape();

/// "ADDRESS:PORT" of a listener.
[[nodiscard]] shape_ptr<server::listener_params> listener_bind_shape();

/// `admin: off`, or a mapping.
[[nodiscard]] shape_ptr<admin::params> admin_shape();

[[nodiscard]] shape_ptr<server::id_params> ids_shape();

[[nodiscard]] shape_ptr<routing::backend_params> backend_shape();

/// `url`: the only endpoint of a backend.
[[nodiscard]] shape_ptr<routing::backend_params> url_shape();

/// `urls`: several endpoints, all with the same path and query.
[[nodiscard]] shape_ptr<routing::backend_params> urls_shape();

[[nodiscard]] shape_ptr<routing::match_params> match_shape();

[[nodiscard]] shape_ptr<routing::affinity_params> affinity_shape();

/// A route as it stands in the file: what the request path needs of it, and what the controller
/// does.
struct route_entry : routing::route_params {
    std::optional<rollout::params> rollout;
};

[[nodiscard]] shape_ptr<route_entry> route_shape();

/// Guardrails on labels: a world of `millrace simulate` knows them, the gateway is to come.
enum class label_metrics : std::uint8_t { later, known };

[[nodiscard]] shape_ptr<rollout::params> rollout_shape(label_metrics labels = label_metrics::later);

[[nodiscard]] shape_ptr<rollout::guardrail_params> guardrail_shape(
    label_metrics labels = label_metrics::later
);

[[nodiscard]] shape_ptr<routing::header_edits> header_edits_shape();

/// The name of a backend or of a route.
[[nodiscard]] struct text_rules name_rules(const char* what);

}  // namespace millrace::config
