#include "proxy/config/loader.hpp"

#include "proxy/config/document.hpp"
#include "proxy/config/reader.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/validate.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace millrace::config {

namespace {

load_result failed(config_errors errors) {
    return {boost::system::in_place_error, std::move(errors)};
}

load_result unreadable(const std::string& path, int error_number) {
    auto const reason = std::generic_category().message(error_number);
    return failed({{path, 1, 1, "", "expected a readable file, got: " + reason, ""}});
}

}  // namespace

load_result load_file(const std::string& path) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return unreadable(path, errno);
    }
    // One byte more than allowed is enough to know that it is too long.
    std::string text(document_limits::bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) {
        return unreadable(path, errno);
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return load_text(text, path);
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
