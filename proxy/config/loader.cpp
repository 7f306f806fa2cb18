#include "proxy/config/loader.hpp"

#include "proxy/config/document.hpp"
#include "proxy/config/reader.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/source_text.hpp"
#include "proxy/config/validate.hpp"

#include <utility>

namespace millrace::config {

namespace {

load_result failed(config_errors errors) {
    return {boost::system::in_place_error, std::move(errors)};
}

}  // namespace

load_result load_file(const std::string& path) {
    auto text = read_source(path);
    return text ? load_text(*text, path) : failed(std::move(text.error()));
}

load_result load_text(std::string_view text, const std::string& name) {
    auto document = parse_document(text, name);
    if (!document.root) {
        return failed(std::move(document.errors));
    }
    reader in{name};
    configuration loaded;
    loaded.table.affinity_key = default_affinity_key();
    root_shape().read(in, *document.root, loaded);
    validate(in, *document.root, loaded);
    auto errors = in.take();
    if (!errors.empty()) {
        return failed(std::move(errors));
    }
    return {boost::system::in_place_value, std::move(loaded)};
}

}  // namespace millrace::config
