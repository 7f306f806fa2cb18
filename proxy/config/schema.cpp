#include "proxy/config/schema.hpp"

#include "proxy/config/render.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

std::string json_schema() {
    json::object out{
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", "Millrace configuration"},
        {"description", "Made by `millrace schema` from the loader's own description."}};
    for (auto& [key, value] : root_shape().schema()) {
        out[key] = std::move(value);
    }
    return pretty_json(out);
}

std::vector<key_info> keys() {
    std::vector<key_info> all;
    root_shape().list_keys("", all);
    return all;
}

}  // namespace millrace::config
