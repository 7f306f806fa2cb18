#include "proxy/admin/openapi_feedback.hpp"

namespace millrace::admin {

namespace {

constexpr std::string_view paths = R"json(    "/feedback": {
      "post": {
        "summary": "Says afterwards whether answers were right: one label, a list, or one a line.",
        "description": "Here, or on the listener that `feedback.bind` names. With the token of `feedback`, not the admin's. What is told to be accepted is on disk where there is a data_dir.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "oneOf": [
                  {"$ref": "#/components/schemas/label"},
                  {"type": "array", "items": {"$ref": "#/components/schemas/label"}}
                ]
              }
            },
            "application/x-ndjson": {"schema": {"type": "string"}}
          }
        },
        "responses": {
          "200": {
            "description": "What became of each label, in their order.",
            "content": {
              "application/json": {"schema": {"$ref": "#/components/schemas/label_results"}}
            }
          },
          "400": {"$ref": "#/components/responses/error"},
          "401": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "404": {"$ref": "#/components/responses/error"},
          "413": {"$ref": "#/components/responses/error"},
          "415": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"},
          "429": {"$ref": "#/components/responses/error"},
          "503": {
            "description": "Some labels could not be recorded: send them again.",
            "content": {
              "application/json": {"schema": {"$ref": "#/components/schemas/label_results"}}
            }
          },
          "504": {"$ref": "#/components/responses/error"}
        },
        "security": [{"feedback_token": []}]
      }
    })json";

constexpr std::string_view schemas = R"json(      "label": {
        "type": "object", "additionalProperties": false,
        "required": ["id"],
        "properties": {
          "id": {"type": "string", "description": "the x-millrace-id of the answer"},
          "label": {
            "description": "was the answer right?",
            "oneOf": [{"type": "boolean"}, {"type": "string", "enum": ["right", "wrong"]}]
          },
          "score": {"type": "number", "description": "how good the answer was"},
          "true_value": {
            "description": "compared with the prediction of the answer by the route's rule",
            "oneOf": [
              {"type": "string"}, {"type": "number"}, {"type": "boolean"},
              {"type": "array", "maxItems": 100, "items": {}}
            ]
          }
        }
      },
      "label_results": {
        "type": "object", "required": ["counts", "results"],
        "properties": {
          "counts": {
            "type": "object", "description": "by result",
            "additionalProperties": {"type": "integer"}
          },
          "results": {
            "type": "array",
            "items": {
              "type": "object", "required": ["result"],
              "properties": {
                "result": {
                  "type": "string",
                  "enum": ["accepted", "duplicate", "late", "early", "unknown", "malformed",
                           "no_prediction", "failed"]
                },
                "detail": {"type": "string"}
              }
            }
          }
        }
      })json";

}  // namespace

std::string_view openapi_feedback_paths() {
    return paths;
}

std::string_view openapi_feedback_schemas() {
    return schemas;
}

}  // namespace millrace::admin
