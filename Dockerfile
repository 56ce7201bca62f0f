# The studio in a container; docs/hosting.md says how it is built and run, and how large it is. Two stages of one image:
# what only installing needs stays in the first.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
# Where pip finds torch without CUDA. Without it the usual torch comes, and makes the image three times as large.
ARG TORCH_INDEX=""
WORKDIR /build
COPY requirements.txt deploy/slim.sh ./
RUN python3 -m venv /opt/studio
RUN if [ -n "${TORCH_INDEX}" ]; then \
        grep "^torch" requirements.txt > torch.txt && \
        PIP_INDEX_URL="${TORCH_INDEX}" PIP_CONFIG_FILE=/dev/null /opt/studio/bin/pip install --no-cache-dir --no-deps -r torch.txt; \
    fi
RUN /opt/studio/bin/pip install --no-cache-dir -r requirements.txt && sh slim.sh /opt/studio

FROM ${PYTHON_IMAGE}
# A user without rights, and a data folder of theirs, which a volume takes over with its owner. 1000 is Hugging Face's.
RUN useradd --uid 1000 --create-home studio && install -d -o studio -g studio /data
WORKDIR /app
COPY --from=packages /opt/studio /opt/studio
COPY LICENSE app.py deploy/healthy.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY qtl_core qtl_core
COPY ui ui
# Whoever comes, comes from elsewhere (through a mapped port or a proxy): hence QTL_OPEN. See SECURITY.md.
ENV PATH=/opt/studio/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    QTL_HOME=/data \
    QTL_IN_CONTAINER=1 \
    QTL_OPEN=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501
RUN python3 -m compileall -q .
USER 1000
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python3", "healthy.py"]
CMD ["python3", "-m", "ui", "app", "--headless"]
