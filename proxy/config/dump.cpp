#include "proxy/config/dump.hpp"

#include "proxy/config/document.hpp"
#include "proxy/config/reader.hpp"
#include "proxy/config/render.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

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

std::optional<rollout::params> rollout_from_json(const std::string& text) {
    auto const document = parse_document(text, "rollout");
    if (!document.root) {
        return std::nullopt;
    }
    reader in{"rollout"};
    rollout::params read;
    rollout_shape(mirroring::known)->read(in, *document.root, read);
    return in.take().empty() ? std::optional{std::move(read)} : std::nullopt;
}

}  // namespace millrace::config
