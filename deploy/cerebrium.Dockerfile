# What Cerebrium builds: the image that was verified, under the name that it was pushed as. Put your registry's name here.
FROM registry.example/slimbench/onnx-gpu:serve
# As the image says already; here so that a CPU image that is put above would fail instead of being slow.
ENV SLIMBENCH_DEVICE=cuda
EXPOSE 8000
CMD ["serve", "--port", "8000"]
