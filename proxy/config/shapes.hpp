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
// match_shapes.cpp, route_shapes.cpp, rollout_shapes.cpp, guardrail_shapes.cpp, reward_shapes.cpp,
// header_shapes.cpp, label_shapes.cpp.

[[nodiscard]] shape_ptr<server::listener_params> listener_shape();

/// "ADDRESS:PORT" of a listener.
[[nodiscard]] shape_ptr<server::listener_params> listener_bind_shape();

/// `admin: off`, or a mapping.
[[nodiscard]] shape_ptr<admin::params> admin_shape();

[[nodiscard]] shape_ptr<server::id_params> ids_shape();

[[nodiscard]] shape_ptr<std::vector<webhooks::params>> webhooks_shape();

/// Names that must be unique, and routes that must be there.
void check_webhooks(reader& in, const node& root, const configuration& read);
[[nodiscard]] shape_ptr<journal::params> journal_shape();

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

/// Copies of requests: a world of `millrace simulate` knows them, the gateway is to come.
enum class mirroring : std::uint8_t { later, known };

[[nodiscard]] shape_ptr<rollout::params> rollout_shape(mirroring copies = mirroring::later);

[[nodiscard]] shape_ptr<rollout::reward_params> reward_shape();

[[nodiscard]] shape_ptr<rollout::bandit_params> bandit_shape();

[[nodiscard]] shape_ptr<rollout::guardrail_params> guardrail_shape();

/// `labels` of a route.
[[nodiscard]] shape_ptr<routing::label_params> labels_shape();

/// `feedback` of the file.
[[nodiscard]] shape_ptr<feedback::params> feedback_shape();

[[nodiscard]] shape_ptr<routing::header_edits> header_edits_shape();

/// A custom metric without its name.
[[nodiscard]] shape_ptr<providers::metric_params> custom_metric_shape();
[[nodiscard]] shape_ptr<std::vector<providers::metric_params>> custom_metrics_shape();

/// `metric_files`: paths, and what the files hold.
[[nodiscard]] shape_ptr<configuration> metric_files();

/// The name of a backend or of a route.
[[nodiscard]] struct text_rules name_rules(const char* what);

}  // namespace millrace::config
