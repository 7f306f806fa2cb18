#include "proxy/config/dump.hpp"

#include "proxy/config/render.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace millrace::config {

std::string dump_yaml(const configuration& from) {
    std::string comments = "# The effective configuration; secrets are masked.\n";
    if (from.table.affinity_key != default_affinity_key()) {
        comments += "# affinity_key: ********\n";
    }
    for (auto const& key : from.ids.keys) {
        comments += fmt::format("# ids.keys: id {}, secret ********\n", unsigned{key.id});
    }
    return comments + block_yaml(root_shape().write(from));
}

std::string dump_json(const rollout::params& from) {
    return json::serialize(rollout_shape()->write(from));
}

}  // namespace millrace::config
