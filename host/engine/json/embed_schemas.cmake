# SPDX-License-Identifier: Apache-2.0
# cmake -DINPUTS=a.schema.json;… -DOUTPUT=x.cpp -P embed_schemas.cmake: the schema files as C++ text.
set(code "// Made from sdk/schema by embed_schemas.cmake.\nnamespace latent::engine {\nextern const char* const kEmbeddedSchemas[][2];\nconst char* const kEmbeddedSchemas[][2] = {\n")
foreach(input IN LISTS INPUTS)
    get_filename_component(name ${input} NAME)
    string(REPLACE ".schema.json" "" name ${name})
    file(READ ${input} text)
    string(APPEND code "    {\"${name}\", R\"latent(${text})latent\"},\n")
endforeach()
string(APPEND code "    {nullptr, nullptr},\n};\n}  // namespace latent::engine\n")
file(WRITE ${OUTPUT} "${code}")
