# SPDX-License-Identifier: Apache-2.0
# Finds LibTorch, for this tree and for plugins built against the installed SDK. Order: Torch_DIR or the prefix path,
# then the torch package of LATENT_PYTHON or of python3. Sets LATENT_TORCH_FOUND, Torch_VERSION, TORCH_LIBRARIES and
# TORCH_INCLUDE_DIRS; LATENT_TORCH is AUTO, ON (its absence is an error) or OFF.

# A wheel made for CUDA has a package file that refuses a machine without the whole CUDA toolkit (nvcc alone, as pip
# installs it, is not enough), although its headers and libraries are all there. This makes the target from them, for code
# that includes no CUDA header.
function(latent_torch_without_package folder)
    file(STRINGS ${folder}/share/cmake/Torch/TorchConfigVersion.cmake line REGEX "set\\(PACKAGE_VERSION ")
    string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${line}")
    add_library(latent_torch INTERFACE IMPORTED GLOBAL)
    target_include_directories(latent_torch SYSTEM INTERFACE ${folder}/include ${folder}/include/torch/csrc/api/include)
    # The linker would drop libtorch_cuda, which no symbol of ours names, and with it the device.
    target_link_libraries(latent_torch INTERFACE -Wl,--no-as-needed ${folder}/lib/libtorch.so ${folder}/lib/libtorch_cuda.so
        ${folder}/lib/libc10_cuda.so -Wl,--as-needed ${folder}/lib/libtorch_cpu.so ${folder}/lib/libc10.so)
    set(Torch_FOUND TRUE PARENT_SCOPE)
    set(Torch_VERSION ${version} PARENT_SCOPE)
    set(TORCH_LIBRARIES latent_torch PARENT_SCOPE)
    set(TORCH_INCLUDE_DIRS ${folder}/include ${folder}/include/torch/csrc/api/include PARENT_SCOPE)
endfunction()

set(LATENT_TORCH_FOUND FALSE)
if(NOT LATENT_TORCH STREQUAL "OFF")
    find_file(LATENT_TORCH_CONFIG NAMES TorchConfig.cmake
        HINTS ${Torch_DIR} ENV Torch_DIR PATH_SUFFIXES share/cmake/Torch NO_CMAKE_INSTALL_PREFIX)
    if(NOT LATENT_TORCH_CONFIG)
        find_program(LATENT_PYTHON3 NAMES python3)
        set(python ${LATENT_PYTHON})
        if(NOT python)
            set(python ${LATENT_PYTHON3})
        endif()
        if(python)
            execute_process(COMMAND ${python} -c "import importlib.util as u, os; s = u.find_spec('torch'); print(os.path.join(os.path.dirname(s.origin), 'share/cmake/Torch/TorchConfig.cmake') if s else '', end='')"
                OUTPUT_VARIABLE found ERROR_QUIET)
            if(found AND EXISTS ${found})
                set(LATENT_TORCH_CONFIG ${found} CACHE FILEPATH "TorchConfig.cmake of the LibTorch to use" FORCE)
            endif()
        endif()
    endif()
    if(LATENT_TORCH_CONFIG)
        get_filename_component(Torch_DIR ${LATENT_TORCH_CONFIG} DIRECTORY)
        get_filename_component(latentTorchFolder ${Torch_DIR}/../../.. ABSOLUTE)
        set(latentPackage TRUE)
        if(EXISTS ${latentTorchFolder}/lib/libtorch_cuda.so)
            find_package(CUDAToolkit QUIET)
            foreach(library cudart nvrtc cublas cufft)
                if(NOT TARGET CUDA::${library})
                    set(latentPackage FALSE)
                endif()
            endforeach()
        endif()
        if(NOT latentPackage)
            latent_torch_without_package(${latentTorchFolder})
        else()
            # The package sets global flags and warns of parts that nobody needs; only its targets are wanted here.
            set(latentFlagsBefore "${CMAKE_CXX_FLAGS}")
            set(latentLevelBefore "${CMAKE_MESSAGE_LOG_LEVEL}")
            set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
            find_package(Torch QUIET NO_MODULE)
            set(CMAKE_MESSAGE_LOG_LEVEL "${latentLevelBefore}")
            set(CMAKE_CXX_FLAGS "${latentFlagsBefore}")
        endif()
        set(LATENT_TORCH_FOUND ${Torch_FOUND})
    endif()
    if(NOT LATENT_TORCH_FOUND AND LATENT_TORCH STREQUAL "ON")
        message(FATAL_ERROR "LibTorch was not found. Set Torch_DIR, or LATENT_PYTHON to a Python that has torch.")
    endif()
endif()
